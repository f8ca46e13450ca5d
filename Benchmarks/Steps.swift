import Specs
import Training

extension Section {
    static let steps = Section(name: "steps", title: "Training steps") {
        let linearNets = Linear.all.flatMap { linear in
            (linear == .pcn ? [4, 8, 16, 32] : [16]).map { Models.model(.linearnet, linear, d: $0) }
        }
        var table = MarkdownTable(
            ["step", "batch"] + Environment.threadCounts.flatMap { ["ms, \(threadsText($0))", "GFLOP/s", "ratio to sgemm"] })
        for model in linearNets + Models.pairs.filter(\.hasFeatures) {
            table.add(
                [model.model, model.batchSize.grouped]
                    + Environment.threadCounts.flatMap { threads in
                        Terminal.note("steps: \(model.model), \(threadsText(threads))")
                        let figures = StepBenchmark(threads: threads, rounds: model.hasFeatures ? 7 : 15).measure(model)
                        return [figures.stepSeconds.milliseconds, figures.gigaflops.text(0), figures.ratio.text(2)]
                    })
        }
        return """
            Forward, backward and update, each measured in turn with sgemm at the shapes of the dense step; a convolution's shapes are \
            those of its im2col matrices of 64 images. GFLOP/s counts only products with activations (22.7 GFLOP for LinearNet's PCN \
            and MLP), not a PCN's distances; the ratio is that rate divided by sgemm's. Medians of 15 rounds, of 7 for models with \
            convolutions.

            \(table.text)
            """
    }
}
