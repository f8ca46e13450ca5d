import Foundation
import Networks

extension Section {
    static let torch = Section(name: "torch", title: "The same step by PyTorch") {
        guard let python = ProcessInfo.processInfo.environment[TorchProcess.variable] else {
            return "Not measured: `\(TorchProcess.variable)` names a Python that has PyTorch."
        }
        let torch = try TorchProcess(python, threads: Environment.cores)
        var table = MarkdownTable([
            "step", "pcnlab, ms", "eager, ms", "compiled, ms", "eager ÷ pcnlab", "compiled ÷ pcnlab",
        ])
        for (part, name) in [(LinearPart.pcn, "LinearNet-PCN16"), (.mlp, "LinearNet-MLP")] {
            Terminal.note("torch: \(name), compiling")
            for way in ["eager", "compiled"] { _ = try torch.seconds(part.name, way) }
            Terminal.note("torch: \(name)")
            let step = TrainingStep(part, threads: Environment.cores)
            let turns = try Turns(
                rounds: 25, pause: 0.3,
                [
                    { timedAfterOne(step.run) },
                    { try torch.seconds(part.name, "eager") },
                    { try torch.seconds(part.name, "compiled") },
                ])
            table.add(
                [name] + turns.medians.map(\.milliseconds) + [1, 2].map { turns.ratio($0, to: 0).text(2) })
        }
        try torch.end()
        return """
            PyTorch \(torch.version), \(threadsText(Environment.cores)), LinearNet at batch \(TrainingStep.batch.grouped): \
            `torch.cdist` → triangle wave → `x @ W + b` → ReLU → cross-entropy, autograd, the paper's update \
            (`Benchmarks/torch_step.py`); compiled is `torch.compile` of the loss. In turn with pcnlab's step, 25 rounds; the \
            ratios are medians of the rounds' own.

            \(table.text)
            """
    }
}
