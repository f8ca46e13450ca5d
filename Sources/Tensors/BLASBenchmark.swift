import COpenBLAS
import Dispatch

/// A matrix product by its sides: (M, K) · (K, N).
public struct ProductShape: Sendable, Hashable {
    public let m: Int
    public let n: Int
    public let k: Int

    public init(_ m: Int, _ n: Int, _ k: Int) { (self.m, self.n, self.k) = (m, n, k) }

    /// Floating-point operations, two for a multiply-add.
    public var operations: Double { 2 * Double(m) * Double(n) * Double(k) }
}

extension BLAS {
    /// Seconds that the library's own sgemm takes for these products one after the other, with its own threads.
    ///
    /// For measuring only: while it runs, no other product may.
    public static func seconds(of products: [ProductShape], threads: Int) -> Double {
        let largest = { (side: (ProductShape) -> Int) in products.map(side).max() ?? 1 }
        let (a, b) = (Tensor(largest { $0.m * $0.k }), Tensor(largest { $0.k * $0.n }))
        let c = Tensor(largest { $0.m * $0.n })
        for tensor in [a, b] { tensor.fill(RandomStream(seed: 1, purpose: "bench"), bound: 1) }
        prepare()
        openblas_set_num_threads(blasint(threads))
        defer { openblas_set_num_threads(1) }
        let run = {
            for p in products {
                multiply(
                    .plain(Matrix(base: a.base, rows: p.m, columns: p.k, stride: p.k)),
                    .plain(Matrix(base: b.base, rows: p.k, columns: p.n, stride: p.n)),
                    into: Matrix(base: c.base, rows: p.m, columns: p.n, stride: p.n), adding: false)
            }
        }
        return withExtendedLifetime((a, b, c)) {
            run()
            let start = DispatchTime.now().uptimeNanoseconds
            run()
            return Double(DispatchTime.now().uptimeNanoseconds - start) / 1e9
        }
    }
}

extension Workers {
    /// Operations a second of products on all threads, two for a multiply-add, measured over some fiftieth of a second.
    public func measuredRate() -> Double {
        let side = 256
        let sets = (0..<threads).map { _ in (Tensor(side, side), Tensor(side, side), Tensor(side, side)) }
        let tasks = 100 * threads
        let run = {
            forEach(tasks) { _, threadIndex in
                let (a, b, c) = sets[threadIndex]
                BLAS.multiply(.plain(a.matrix), .plain(b.matrix), into: c.matrix, adding: false)
            }
        }
        run()
        let start = DispatchTime.now().uptimeNanoseconds
        run()
        return Gemm.operations(side, side, side) * Double(tasks)
            / (Double(DispatchTime.now().uptimeNanoseconds - start) / 1e9)
    }
}
