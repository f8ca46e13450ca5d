import Foundation
import Tensors

extension Section {
    static let sgemm = Section(name: "sgemm", title: "sgemm at LinearNet's shapes") {
        let products = LayerProduct.ofStep(TrainingStep.linearNet, batch: TrainingStep.batch)
        let shapes = products.map(\.shape), operations = shapes.reduce(0) { $0 + $1.operations }
        var table = MarkdownTable(
            ["layer", "product", "M, N, K"] + Environment.threadCounts.map { "GFLOP/s, \(threadsText($0))" }, textColumns: 3)
        let rates = Environment.threadCounts.map { ProductRates(shapes, threads: $0, rounds: 7) }
        for (index, product) in products.enumerated() {
            let shape = product.shape
            table.add(
                [product.layer, product.name, "\(shape.m), \(shape.n), \(shape.k)"] + rates.map { $0.single[index].text(0) })
        }
        table.add(["all", "one step's", "\((operations / 1e9).text(1)) GFLOP"] + rates.map { $0.all.text(0) })
        table.add(["BLAS on one thread a product", "in the caches", "256, 256, 256"] + rates.map { $0.own.text(0) })
        return """
            The machine's own BLAS on the products of a dense step at batch \(TrainingStep.batch.grouped), and for comparison \
            products of tiles, one for each thread.

            \(table.text)
            """
    }
}

/// GFLOP/s, medians over rounds that each measure everything once.
private struct ProductRates {
    let single: [Double]
    let all: Double
    /// Single-threaded products on all threads, of tiles that stay in the caches.
    let own: Double

    init(_ shapes: [ProductShape], threads: Int, rounds: Int) {
        Terminal.note("sgemm: \(threadsText(threads))")
        let workers = Workers(threads: threads)
        let measured = (0..<rounds).map { _ in
            let rates = (shapes.map { [$0] } + [shapes]).map { products in
                products.reduce(0) { $0 + $1.operations } / BLAS.seconds(of: products, threads: threads)
            }
            Thread.sleep(forTimeInterval: 0.1)
            return rates + [workers.measuredRate()]
        }
        let medians = (0..<shapes.count + 2).map { index in median(measured.map { $0[index] }) / 1e9 }
        (single, all, own) = (Array(medians.prefix(shapes.count)), medians[shapes.count], medians[shapes.count + 1])
    }
}

func threadsText(_ threads: Int) -> String { threads == 1 ? "1 thread" : "\(threads) threads" }

/// One of a dense layer's products.
struct LayerProduct {
    let layer: String
    let name: String
    let shape: ProductShape

    /// Forward, the weights' gradient, and the input's for every layer but the first.
    static func ofStep(_ widths: [Int], batch: Int) -> [LayerProduct] {
        zip(widths, widths.dropFirst()).enumerated().flatMap { index, layer in
            let (n, m) = layer
            let all = [
                ("x·W", ProductShape(batch, m, n)), ("xᵀ·dy", ProductShape(n, m, batch)), ("dy·Wᵀ", ProductShape(batch, n, m)),
            ]
            return (index == 0 ? all.dropLast(1) : all[...]).map { LayerProduct(layer: "\(n) → \(m)", name: $0.0, shape: $0.1) }
        }
    }
}
