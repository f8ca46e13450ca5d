import Tensors
import Testing

@testable import Networks

@Suite("A layer's expanded weights")
struct ExpansionTests {
    @Test("are bit-identical to those the forward pass multiplies by, for any split of the rows", arguments: PartCase.all)
    func bits(_ part: PartCase) {
        var shape = LinearPartShape(
            widths: [300, 273], d: 5,
            weightFunction: WeightFunction(
                distance: part.distance, wave: part.wave, epsilon: 0.3, regulariser: part.regulariser), seed: 3, batch: 300)
        shape.options = part.options
        for layer in part.build(shape).layers { expand(layer) }
    }

    private func expand(_ layer: any LinearLayer) {
        let (inputs, outputs) = (layer.inputs, layer.outputs)
        layer.bias.value.clear()
        let weight = Tensor(outputs, inputs)
        for rows in [0..<1, 1..<outputs - 3, outputs - 3..<outputs] { layer.expand(rows, into: weight.matrix[rows: rows]) }

        // The layer maps each row of the identity matrix to a row of W.
        let (x, y) = (
            Tensor(inputs, Matrix.stride(columns: inputs)), Tensor(inputs, Matrix.stride(columns: outputs))
        )
        let unit = Matrix(x, rows: inputs, columns: inputs), w = Matrix(y, rows: inputs, columns: outputs)
        for row in 0..<inputs { unit.row(row)[row] = 1 }
        layer.forward(unit, into: w, relu: false, Workspace(Workers(threads: 2), layer.workspace(batch: inputs)))
        var differing = 0
        for j in 0..<inputs {
            for k in 0..<outputs where w.row(j)[k] != weight.matrix.row(k)[j] { differing += 1 }
        }
        #expect(differing == 0)
        #expect(Set(weight.values).count > inputs)
        withExtendedLifetime((x, y)) {}
    }
}
