import Foundation
import Specs
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
        table.add(["one single-threaded product a thread", "in the caches", "256, 256, 256"] + rates.map { $0.tiles.text(0) })
        return """
            OpenBLAS with its own threads on the products of a dense step at batch \(TrainingStep.batch.grouped), and for comparison \
            single-threaded products of small tiles on all threads.

            \(table.text)
            """
    }
}

/// GFLOP/s: medians over rounds, each of which measures every product once.
private struct ProductRates {
    let single: [Double]
    let all: Double
    /// Single-threaded products on all threads, of tiles that fit in the caches.
    let tiles: Double

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
        (single, all, tiles) = (Array(medians.prefix(shapes.count)), medians[shapes.count], medians[shapes.count + 1])
    }
}

func threadsText(_ threads: Int) -> String { threads == 1 ? "1 thread" : "\(threads) threads" }

/// A product of a dense layer.
struct LayerProduct {
    let layer: String
    let name: String
    let shape: ProductShape

    /// The products of the forward pass, the weight gradient and, except for the first layer, the input gradient.
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
