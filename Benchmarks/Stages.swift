import Networks
import Tensors

extension Section {
    static let stages = Section(name: "stages", title: "Where a step of LinearNet-PCN16 spends its time") {
        var columns: [(threads: Int, step: Double, stages: [Double])] = []
        for threads in Environment.threadCounts {
            Terminal.note("stages: \(threadsText(threads))")
            let step = TrainingStep(Models.model(.linearnet, .pcn), threads: threads)
            let layers = StagedNetwork(d: 16, threads: threads)
            let sides =
                [{ timedAfterOne(step.run) }] + Stage.allCases.map { stage in { timedAfterOne { layers.run(stage) } } }
            let times = try Turns(rounds: 15, sides).fastest
            columns.append((threads, times[0], Array(times.dropFirst())))
        }
        var table = MarkdownTable(["stage"] + columns.flatMap { ["ms, \(threadsText($0.threads))", "share"] })
        func add(_ name: String, _ times: [Double]) {
            table.add([name] + zip(times, columns).flatMap { [$0.milliseconds, "\(($0 / $1.step * 100).text(1)) %"] })
        }
        for (index, stage) in Stage.allCases.enumerated() { add(stage.rawValue, columns.map { $0.stages[index] }) }
        add("rest", columns.map { $0.step - $0.stages.reduce(0, +) })
        add("step", columns.map(\.step))
        return """
            Each stage by itself: the kernel calls that the layers make, over the layers' tiles and on as many threads, without the \
            calls of the other stages; the whole step measured in the same turns. So that the parts add up, these are the fastest of 15 \
            rounds, not medians. The products have bias and ReLU in them. The rest is the step less the sum of the stages: the \
            cross-entropy, the update, the sums of the tasks' gradients, waits between passes, and what the stages cost or spare each \
            other in the caches.

            \(table.text)
            """
    }
}

/// LinearNet's point cloud layers, stage by stage.
private struct StagedNetwork {
    private let layers: [LayerStages]
    private let workers: Workers

    init(d: Int, threads: Int) {
        let widths = TrainingStep.linearNet
        layers = zip(widths, widths.dropFirst()).enumerated().map { index, layer in
            LayerStages(batch: TrainingStep.batch, n: layer.0, m: layer.1, d: d, isFirst: index == 0, threads: threads)
        }
        workers = Workers(threads: threads)
    }

    func run(_ stage: Stage) { for layer in layers { layer.run(stage, workers) } }
}
