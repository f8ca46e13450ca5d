import Tensors

extension Section {
    static let sgemm = Section(name: "sgemm", title: "sgemm at LinearNet's shapes") {
        let rounds = 5
        var table = MarkdownTable(
            ["layer", "product", "M, N, K"] + Environment.threadCounts.map { "GFLOP/s, \(threadsText($0))" }, textColumns: 3)
        let products = LayerProduct.ofStep(TrainingStep.linearNet, batch: TrainingStep.batch)
        func rates(_ shapes: [ProductShape]) -> [String] {
            Environment.threadCounts.map { threads in
                let time = median((0..<rounds).map { _ in BLAS.seconds(of: shapes, threads: threads) })
                return (shapes.reduce(0) { $0 + $1.operations } / time / 1e9).text(0)
            }
        }
        for product in products {
            let shape = product.shape
            table.add([product.layer, product.name, "\(shape.m), \(shape.n), \(shape.k)"] + rates([shape]))
        }
        let operations = products.reduce(0) { $0 + $1.shape.operations }
        table.add(["all", "one step's", "\((operations / 1e9).text(1)) GFLOP"] + rates(products.map(\.shape)))
        let own = Environment.threadCounts.map { threads in
            "\((median((0..<rounds).map { _ in Workers(threads: threads).measuredRate() }) / 1e9).text(0)) on \(threadsText(threads))"
        }
        return """
            The machine's own BLAS on the products of a dense step at batch \(TrainingStep.batch.grouped). pcnlab's own kernel on a \
            tile that lies in the caches, (264, 128, 264), for comparison: \(own.joined(separator: ", ")).

            \(table.text)
            """
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
