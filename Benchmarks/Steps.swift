import Networks
import Specs
import Training

extension Section {
    static let steps = Section(name: "steps", title: "Training steps") {
        let models = LinearPart.all.compactMap { Linear(rawValue: $0.name) }.flatMap { linear in
            (linear == .pcn ? [4, 8, 16, 32] : [16]).map { Settings(linear: linear, d: $0, dataset: .cifar10) }
        }
        var table = MarkdownTable(
            ["step"] + Environment.threadCounts.flatMap { ["ms, \(threadsText($0))", "GFLOP/s", "ratio to sgemm"] })
        for model in models {
            table.add(
                [model.model]
                    + Environment.threadCounts.flatMap { threads in
                        Terminal.note("steps: \(model.model), \(threadsText(threads))")
                        let figures = StepBenchmark(threads: threads, rounds: 15).measure(model)
                        return [figures.stepSeconds.milliseconds, figures.gigaflops.text(0), figures.ratio.text(2)]
                    })
        }
        return """
            Forward, backward and update of LinearNet at batch \(TrainingStep.batch.grouped), each measured in turn with sgemm at the \
            dense step's shapes. Only the operations of the products with activations count (22.7 GFLOP for PCN and MLP; what a PCN \
            spends on distances does not); the ratio is that rate over sgemm's.

            \(table.text)
            """
    }
}
