/// What a step would take on a number of threads, from the times of its tasks on one: list scheduling, as `Workers` does it. Each task,
/// in order, goes to the thread that is free first, and a pass ends with its last task.
public struct Makespan: Sendable {
    private let passes: [TaskTimer.Pass]
    /// Serial work after the last pass, in seconds.
    private let rest: Double
    /// Seconds that a pass takes to start and to end with more than one thread, and those that it takes to hand out a task.
    private let perPass: Double
    private let perTask: Double

    public init(_ passes: [TaskTimer.Pass], rest: Double, perPass: Double, perTask: Double) {
        (self.passes, self.rest, self.perPass, self.perTask) = (passes, rest, perPass, perTask)
    }

    /// Seconds with that many threads.
    public func seconds(threads: Int) -> Double { passes.reduce(rest) { $0 + $1.serial + seconds($1, threads) } }

    /// Seconds of the serial parts: what no number of threads makes shorter.
    public var serial: Double { passes.reduce(rest) { $0 + $1.serial } }

    private func seconds(_ pass: TaskTimer.Pass, _ threads: Int) -> Double {
        guard threads > 1, pass.tasks.count > 1 else { return pass.tasks.reduce(0, +) }
        var ends = [Double](repeating: 0, count: threads)
        for task in pass.tasks {
            let first = ends.indices.min { ends[$0] < ends[$1] } ?? 0
            ends[first] += task + perTask
        }
        return perPass + (ends.max() ?? 0)
    }
}

extension Workers {
    /// Seconds that a pass takes to start and to end, and to hand out a task, measured with passes that do nothing.
    public func measuredOverhead() -> (perPass: Double, perTask: Double) {
        func seconds(_ passes: Int, tasks: Int) -> Double {
            let start = ContinuousClock.now
            for _ in 0..<passes { forEach(tasks) { _, _ in } }
            let time = (ContinuousClock.now - start).components
            return (Double(time.seconds) + Double(time.attoseconds) / 1e18) / Double(passes)
        }
        _ = seconds(1000, tasks: 2)
        let few = (0..<9).map { _ in seconds(1000, tasks: 2) }.sorted()[4]
        let many = (0..<9).map { _ in seconds(20, tasks: 2002) }.sorted()[4]
        return (few, max(0, many - few) / 2000)
    }
}
