import Networks
import Specs
import Tensors
import Training

extension Section {
    static let makespan = Section(name: "makespan", title: "A step on more threads, by schedule") {
        let threads = [1, 2, 4, 8, 16, 32, 64]
        var table = MarkdownTable(
            ["step", "batch", "passes", "tasks", "longest task, ms"] + threads.map { "\($0)" } + ["measured, 1", "measured, 2"])
        var speedups = MarkdownTable(["step", "serial, ms"] + threads.dropFirst().map { "× at \($0)" })
        let overhead = Workers(threads: 2).measuredOverhead()
        let models = [Models.model(.linearnet, .pcn), Models.model(.linearnet, .mlp), Models.model(.convnet, .pcn)]
        for model in models + [Models.model(.alexnet, .pcn).with(batch: 256)] {
            Terminal.note("makespan: \(model.model)")
            let step = ScheduledStep(model, rounds: model.hasFeatures ? 3 : 9, overhead)
            let seconds = threads.map(step.makespan.seconds)
            table.add(
                [model.model, model.batchSize.grouped, "\(step.passes)", "\(step.tasks)", step.longest.milliseconds]
                    + seconds.map(\.milliseconds) + step.measured.map(\.milliseconds))
            speedups.add(
                [model.model, (step.makespan.serial * 1e3).text(2)] + seconds.dropFirst().map { (seconds[0] / $0).text(1) })
        }
        return """
            The time of every task of a step on one thread, medians of the rounds, and from them the step's makespan in ms by list \
            scheduling: each task goes to the thread that is free first. Serial parts are included, and so is the cost of handing out \
            work, measured here with 2 threads: \((overhead.perPass * 1e6).text(1)) µs a pass and \
            \((overhead.perTask * 1e9).text(0)) ns a task. What threads cost each other in caches and memory is not. Beside it the \
            measured step.

            \(table.text)

            \(speedups.text)
            """
    }
}

/// One step of a model: its tasks' times, and the whole measured on one thread and on two.
private struct ScheduledStep {
    let makespan: Makespan
    let passes: Int
    let tasks: Int
    let longest: Double
    let measured: [Double]

    init(_ model: Settings, rounds: Int, _ overhead: (perPass: Double, perTask: Double)) {
        let timer = TaskTimer()
        let timed = TrainingStep(model, workers: Workers(timedBy: timer))
        timed.run()
        var recorded: [(passes: [TaskTimer.Pass], rest: Double)] = []
        let others = [1, 2].map { TrainingStep(model, threads: $0) }
        var times: [[Double]] = [[], []]
        for _ in 0..<rounds {
            timed.run()
            timer.restart()
            timed.run()
            recorded.append((timer.passes, timer.rest))
            for (index, step) in others.enumerated() { times[index].append(timedAfterOne(step.run)) }
        }
        let typical = recorded[0].passes.indices.map { pass in
            TaskTimer.Pass(
                serial: median(recorded.map { $0.passes[pass].serial }),
                tasks: recorded[0].passes[pass].tasks.indices.map { task in median(recorded.map { $0.passes[pass].tasks[task] }) })
        }
        makespan = Makespan(
            typical, rest: median(recorded.map(\.rest)), perPass: overhead.perPass, perTask: overhead.perTask)
        passes = typical.count
        tasks = typical.reduce(0) { $0 + $1.tasks.count }
        longest = typical.flatMap(\.tasks).max() ?? 0
        measured = times.map(median)
    }
}
