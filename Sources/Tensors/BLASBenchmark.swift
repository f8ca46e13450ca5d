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
        openblas_set_num_threads(blasint(threads))
        defer { openblas_set_num_threads(1) }
        let run = {
            for p in products {
                multiply(
                    Matrix(base: a.base, rows: p.m, columns: p.k, stride: p.k),
                    Matrix(base: b.base, rows: p.k, columns: p.n, stride: p.n),
                    into: Matrix(base: c.base, rows: p.m, columns: p.n, stride: p.n))
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
