import Tensors

/// What a step would take on a number of threads, from the times of its tasks on one: list scheduling, as `Workers` does it. Each task,
/// in order, goes to the thread that is free first, and a pass ends with its last task.
struct Makespan: Sendable {
    private let passes: [TaskTimer.Pass]
    /// Serial work after the last pass, in seconds.
    private let rest: Double
    /// Seconds that a pass takes to start and to end with more than one thread, and those that it takes to hand out a task.
    private let perPass: Double
    private let perTask: Double

    init(_ passes: [TaskTimer.Pass], rest: Double, perPass: Double, perTask: Double) {
        (self.passes, self.rest, self.perPass, self.perTask) = (passes, rest, perPass, perTask)
    }

    /// Seconds with that many threads.
    func seconds(threads: Int) -> Double { passes.reduce(rest) { $0 + $1.serial + seconds($1, threads) } }

    /// Seconds of the serial parts: what no number of threads makes shorter.
    var serial: Double { passes.reduce(rest) { $0 + $1.serial } }

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
    /// Seconds that a pass takes to start and to end with all threads, and to hand out a task: measured with tasks that wait for a
    /// known time, as tasks that do nothing are all done by the first thread.
    func measuredOverhead() -> (perPass: Double, perTask: Double) {
        let wait = Duration.microseconds(50)
        func seconds(_ duration: Duration) -> Double {
            Double(duration.components.seconds) + Double(duration.components.attoseconds) / 1e18
        }
        func passes(_ count: Int, _ body: () -> Void) -> Double {
            let start = ContinuousClock.now
            for _ in 0..<count { body() }
            return seconds(ContinuousClock.now - start) / Double(count)
        }
        func waitForAll() {
            forEach(threads) { _, _ in
                let end = ContinuousClock.now + wait
                while ContinuousClock.now < end {}
            }
        }
        waitForAll()
        let pass = (0..<9).map { _ in passes(200, waitForAll) }.sorted()[4] - seconds(wait)
        let tasks = (0..<9).map { _ in passes(20) { forEach(2000) { _, _ in } } }.sorted()[4]
        return (max(0, pass), max(0, tasks - max(0, pass)) / 2000)
    }
}
