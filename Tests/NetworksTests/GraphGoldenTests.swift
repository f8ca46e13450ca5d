import Specs
import Tensors
import Testing

@testable import Networks

@Suite("Golden vectors of graph convolutions")
struct GraphGoldenTests {
    @Test("a graph convolution with stored weights and with points", arguments: ["graph-dense", "graph-point-cloud"])
    func convolution(_ kind: String) throws {
        #expect(Golden.names(kind).count == 2)
        for name in Golden.names(kind) {
            let golden = try Golden.load(name), isDense = kind == "graph-dense"
            let (x, dy) = (try Tensor(golden, "x"), try Tensor(golden, "dy"))
            let (nodes, inputs, outputs) = (x.shape[0], x.shape[1], dy.shape[1])
            var shape = LinearPartShape(
                widths: [inputs, outputs], d: isDense ? 1 : try golden.shape("positions_in")[1], batch: nodes)
            if !isDense {
                let number = { (key: String) in try #require(golden.metadata[key].flatMap(Double.init)) }
                shape.weightFunctions = [WeightFunction(lambda: try number("lambda"), epsilon: try number("epsilon"))]
            }
            let stack = (isDense ? LinearPart.mlp : .pcn).build(shape)
            let parameters = isDense ? ["weight", "bias"] : ["positions_in", "positions_out", "bias"]
            for (parameter, name) in zip(stack.parameters, parameters) {
                parameter.gradient.clear()
                parameter.value.assign(
                    name == "weight" ? transposed(try golden.floats(name), inputs, outputs) : try golden.floats(name))
            }
            let edges = try golden.integers("edges")
            let pairs = stride(from: 0, to: edges.count, by: 2).map { (Int(edges[$0]), Int(edges[$0 + 1])) }
            let propagate = PropagateLayer(
                input: .vector(inputs), adjacency: SparseMatrix(normalisedAdjacencyOf: pairs, nodes: nodes))
            let stage = LinearStage(layer: stack.layers[0], hasReLU: false)
            let (hidden, y, dHidden, dx) = (Tensor(x.shape), Tensor(dy.shape), Tensor(x.shape), Tensor(x.shape))
            let pass = Pass(workspace: Workspace(Workers(threads: 2), stage.workspace(batch: nodes)), place: nil)
            propagate.forward(x.matrix, into: hidden.matrix, pass)
            stage.forward(hidden.matrix, into: y.matrix, pass)
            stage.backward(hidden.matrix, y.matrix, dy.matrix, into: InputGradient(dHidden.matrix), pass)
            propagate.backward(x.matrix, hidden.matrix, dHidden.matrix, into: InputGradient(dx.matrix), pass)
            var found = [("y", y.values), ("dx", dx.values)]
            for (parameter, name) in zip(stack.parameters, parameters) {
                let values = parameter.gradient.values
                found.append(("d_" + name, name == "weight" ? transposed(values, outputs, inputs) : values))
            }
            for (key, values) in found {
                let error = relativeError(values, try golden.floats(key))
                #expect(error < 1e-4, "\(name), \(key): \(error)")
            }
        }
    }

    /// The transpose of a matrix of so many rows and columns.
    private func transposed(_ values: [Float], _ rows: Int, _ columns: Int) -> [Float] {
        (0..<columns).flatMap { column in (0..<rows).map { values[$0 * columns + column] } }
    }

    @Test("an adjacency counts repeated edges once, both directions, and has the same sums with any number of threads")
    func adjacency() {
        let matrix = SparseMatrix(normalisedAdjacencyOf: [(0, 1), (1, 0), (0, 1), (2, 2)], nodes: 3)
        #expect(matrix.starts == [0, 2, 4, 5] && matrix.columns == [0, 1, 0, 1, 2])
        #expect(matrix.values == [0.5, 0.5, 0.5, 0.5, 1])
        let edges = (0..<3000).map { ($0 * 7 % 500, $0 * 13 % 500) }
        let large = SparseMatrix(normalisedAdjacencyOf: edges, nodes: 500), x = Tensor(500, 40)
        x.assign((0..<20_000).map { Float($0 % 17) - 8 })
        let results = [1, 3].map { threads -> [Float] in
            let y = Tensor(500, 40)
            large.multiply(x.matrix, into: y.matrix, Workers(threads: threads))
            return y.values
        }
        #expect(results[0] == results[1])
    }
}
