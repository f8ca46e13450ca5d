import Networks
import Tensors
import Testing

@testable import Specs
@testable import Training

extension Linear {
    /// What a new file in `Specs` would define.
    fileprivate static let mine = Linear(
        name: "mine", summary: "W = UVᵀ under another name", settings: .d, symbol: "UVᵀ",
        colour: LineColour(light: [(1, 0x123456)], dark: [(1, 0x654321)]), label: { "Mine\($0)" },
        parameters: Linear.lowRank.parameters, forward: Linear.lowRank.forward, inputGradient: Linear.lowRank.inputGradient,
        workingFloats: { dimensions, rows in rows * dimensions.d },
        export: LinearExport(inputAxis: .rows, summary: "") { kind, index in "mine.\(kind).\(index)" })
}

extension LinearPart {
    /// What a new file in `Networks` would define.
    fileprivate static let mine = LinearPart(name: "mine", build: LinearPart.lowRank.build)
}

extension Specs.Optimizer {
    fileprivate static let mine = Specs.Optimizer(name: "mine", summary: "half steps", stateTensors: 1)
}

extension OptimizerKind {
    fileprivate static let mine = OptimizerKind(name: "mine") { parameters, _ in HalfSteps(SGD(parameters)) }
}

private struct HalfSteps: Networks.Optimizer {
    let sgd: SGD
    var state: [(name: String, tensor: Tensor)] { sgd.state }

    init(_ sgd: SGD) { self.sgd = sgd }

    func update(step: Int, learningRate: Double, _ workers: Workers) {
        sgd.update(step: step, learningRate: learningRate / 2, workers)
    }
}

@Suite("A new choice")
struct NewChoiceTests {
    private func weights(_ settings: Settings) throws -> Safetensors {
        try Safetensors(try #require(try Fixture.train(settings).host.checkpoints.last).contents)
    }

    @Test("a linear part trains and is exported, by a descriptor, a builder and a line in each registry")
    func linear() throws {
        try Linear.$all.withValue(Linear.all + [.mine]) {
            try LinearPart.$all.withValue(LinearPart.all + [.mine]) {
                let (settings, known) = (
                    Fixture.settings(linear: .mine, epochs: 1), Fixture.settings(linear: .lowRank, epochs: 1)
                )
                let export = try WeightExport(settings, weights(settings), expanded: false)
                #expect(export.tensors[0].name == "mine.u.0" && export.metadata["linear"] == "mine")
                #expect(export.tensors.reduce(0) { $0 + $1.count } == settings.linearParameters)
                #expect(
                    try WeightExport(settings, weights(settings), expanded: true).tensors.map(\.name).contains("linear.0.weight"))
                #expect(settings.trainingBytes == known.trainingBytes + 4 * 4 * settings.rows)
            }
        }
    }

    @Test("an optimizer trains, by a descriptor, its update and a line in each registry")
    func optimizer() throws {
        try Specs.Optimizer.$all.withValue(Specs.Optimizer.all + [.mine]) {
            try OptimizerKind.$all.withValue(OptimizerKind.all + [.mine]) {
                let settings = Fixture.settings(linear: .mlp, optimizer: .mine, epochs: 1, learningRate: 2e-4)
                let known = Fixture.settings(linear: .mlp, epochs: 1, learningRate: 1e-4)
                let (theirs, ours) = (try weights(known), try weights(settings))
                for parameter in known.linearStack(batch: 1).parameters {
                    let (a, b) = (Tensor(parameter.value.shape), Tensor(parameter.value.shape))
                    try theirs.load(parameter.name, into: a)
                    try ours.load(parameter.name, into: b)
                    #expect((0..<a.count).allSatisfy { a.base[$0] == b.base[$0] }, "\(parameter.name)")
                }
                #expect(settings.trainingBytes == known.trainingBytes + 4 * settings.linearParameters)
            }
        }
    }
}
