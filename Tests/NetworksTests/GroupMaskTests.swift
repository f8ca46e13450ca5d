import Tensors
import Testing

@testable import Networks

@Suite("A sparse layer between groups")
struct GroupMaskTests {
    private func layer(_ inputs: Int, _ outputs: Int, d: Int) throws -> GroupMaskLayer {
        let stack = LinearPart.groupMask.build(LinearPartShape(widths: [inputs, outputs], d: d, seed: 3, batch: 8))
        return try #require(stack.layers[0] as? GroupMaskLayer)
    }

    private func connections(_ layer: GroupMaskLayer, _ output: Int) -> [Int] {
        let row = layer.mask.value.matrix.row(output)
        return (0..<layer.inputs).filter { row[$0] == 1 }
    }

    @Test("has d inputs for each neuron, half of them at least from its own group, and weights nowhere else")
    func mask() throws {
        let layer = try layer(80, 40, d: 6)
        for output in 0..<40 {
            let inputs = connections(layer, output), group = output * 8 / 40
            #expect(inputs.count == 6 && inputs.count { (group * 10..<group * 10 + 10).contains($0) } >= 3)
        }
        for (weight, mask) in zip(layer.weight.value.values, layer.mask.value.values) { #expect((weight == 0) == (mask == 0)) }
        #expect(connections(try self.layer(4, 40, d: 6), 5) == [0, 1, 2, 3])
    }

    @Test("replaces the weakest connections by those to the inputs that go along most with the neuron")
    func rewire() throws {
        let layer = try layer(40, 16, d: 4), stream = RandomStream(seed: 1, purpose: "x")
        let (x, y) = (Tensor(8, 40), Tensor(8, 16))
        x.assign((0..<320).map { stream.uniform($0) })
        y.assign((0..<128).map { stream.uniform(1000 + $0) })
        let before = connections(layer, 3), stranger = try #require((0..<40).first { !before.contains($0) })
        for row in 0..<8 { y.matrix.row(row)[3] = -2 * x.matrix.row(row)[stranger] }
        let weights = layer.weight.value.matrix.row(3)
        let weakest = try #require(before.min { abs(weights[$0]) < abs(weights[$1]) })
        layer.rewire(x.matrix, y.matrix, Workspace(Workers(threads: 2), layer.workspace(batch: 8)))
        let after = connections(layer, 3)
        #expect(after.count == 4 && after.contains(stranger) && !after.contains(weakest))
        #expect(weights[stranger] == 0 && weights[weakest] == 0)
    }
}
