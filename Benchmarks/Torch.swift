import Foundation
import Specs

extension Section {
    static let torch = Section(name: "torch", title: "The same step by PyTorch") {
        guard let python = ProcessInfo.processInfo.environment[TorchProcess.variable] else {
            return "Not measured: `\(TorchProcess.variable)` names a Python that has PyTorch."
        }
        let torch = try TorchProcess(python, threads: Environment.cores)
        let titles = TorchWay.allCases.map(\.title)
        var table = MarkdownTable(
            ["step", "batch", "pcnlab, ms"] + titles.map { "\($0), ms" } + titles.map { "\($0) ÷ pcnlab" })
        for model in Models.pairs {
            let ways = TorchWay.allCases.filter { $0.applies(to: model) }
            Terminal.note("torch: \(model.model), compiling")
            for way in ways { _ = try torch.seconds(model, way) }
            Terminal.note("torch: \(model.model)")
            let step = TrainingStep(model, threads: Environment.cores)
            let turns = try Turns(
                rounds: model.hasFeatures ? 7 : 25, pause: 0.3,
                [{ timedAfterOne(step.run) }] + ways.map { way in { try torch.seconds(model, way) } })
            let sides = TorchWay.allCases.map { way in ways.firstIndex(of: way).map { $0 + 1 } }
            table.add(
                [model.model, model.batchSize.grouped, turns.medians[0].milliseconds]
                    + sides.map { $0.map { turns.medians[$0].milliseconds } ?? "" }
                    + sides.map { $0.map { turns.ratio($0, to: 0).text(2) } ?? "" })
        }
        try torch.end()
        var memory = MarkdownTable(["two steps", "batch", "pcnlab, MB", "PyTorch, MB", "PyTorch ÷ pcnlab"])
        for model in Models.pairs {
            let own = Double(try StepPeak.measure(model).peak), theirs = Double(try TorchProcess.peak(python, model))
            memory.add([model.model, model.batchSize.grouped, own.megabytes, theirs.megabytes, (theirs / own).text(1)])
        }
        return """
            PyTorch \(torch.version), \(threadsText(Environment.cores)): `torch.cdist` → triangle wave → `x @ W + b` → ReLU → \
            cross-entropy, autograd, the paper's update, and the layers of `torch.nn` for the rest (`Benchmarks/torch_step.py`). Compiled is \
            `torch.compile` of the loss; with channels last, images and kernels have that memory format. Measured in turn with pcnlab's \
            step, 25 rounds, 7 for models with convolutions; the ratios are medians of the rounds' ratios.

            \(table.text)

            Peak resident memory (10⁶ bytes) of a process that takes two eager steps, the program itself included:

            \(memory.text)
            """
    }
}

/// A way to run a model in PyTorch, by its name in torch_step.py.
enum TorchWay: String, CaseIterable {
    case eager
    case compiled
    case channelsLast = "channels_last"

    var title: String { rawValue.replacing("_", with: " ") }

    func applies(to model: Settings) -> Bool {
        switch self {
        case .eager, .compiled: true
        case .channelsLast: model.hasFeatures
        }
    }
}
