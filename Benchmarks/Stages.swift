import Networks
import Tensors

extension Section {
    static let stages = Section(name: "stages", title: "Where a step of LinearNet-PCN16 spends its time") {
        let rounds = 11
        var columns: [(threads: Int, step: Double, stages: [Double], rest: Double)] = []
        for threads in Environment.threadCounts {
            Terminal.note("stages: \(threadsText(threads))")
            let step = TrainingStep(.pcn, threads: threads)
            let layers = StagedNetwork(d: 16, threads: threads)
            let sides =
                [{ timedAfterOne(step.run) }] + Stage.allCases.map { stage in { timedAfterOne { layers.run(stage) } } }
            let turns = try Turns(rounds: rounds, sides)
            let rests = (0..<rounds).map { round in turns.times[0][round] - turns.times[1...].reduce(0) { $0 + $1[round] } }
            columns.append((threads, turns.medians[0], Array(turns.medians.dropFirst()), median(rests)))
        }
        var table = MarkdownTable(["stage"] + columns.flatMap { ["ms, \(threadsText($0.threads))", "share"] })
        func add(_ name: String, _ times: [Double]) {
            table.add([name] + zip(times, columns).flatMap { [$0.milliseconds, "\(($0 / $1.step * 100).text(1)) %"] })
        }
        for (index, stage) in Stage.allCases.enumerated() { add(stage.rawValue, columns.map { $0.stages[index] }) }
        add("rest", columns.map(\.rest))
        add("step", columns.map(\.step))
        return """
            Each stage by itself: the kernel calls that the layers make, over the layers' tiles and on as many threads, without the \
            calls of the other stages; the whole step measured in the same turns. The products have bias and ReLU in them. The rest is \
            the step less the sum of the stages, the median of the rounds' own: the cross-entropy, the update, the sums of the tasks' \
            gradients, waits between passes, and what the stages cost or spare each other in the caches.

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
