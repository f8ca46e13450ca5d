import Dispatch

/// The times of every task of every pass of some work on one thread, from which a schedule for more threads is computed.
///
/// `@unchecked Sendable`: it is used by the one thread of its `Workers`, and read when that has returned.
public final class TaskTimer: @unchecked Sendable {
    /// One call of `Workers.forEach`, in seconds: its tasks, and the serial work since the pass before it.
    public struct Pass: Sendable {
        public var serial: Double
        public var tasks: [Double]

        public init(serial: Double, tasks: [Double]) { (self.serial, self.tasks) = (serial, tasks) }
    }

    public private(set) var passes: [Pass] = []
    private var last: UInt64 = 0

    public init() {}

    /// Forgets what was recorded, and begins to measure serial work.
    public func restart() {
        passes.removeAll(keepingCapacity: true)
        last = DispatchTime.now().uptimeNanoseconds
    }

    /// The serial work since the last pass, in seconds.
    public var rest: Double { seconds(since: last) }

    func pass(_ tasks: Int, _ body: (_ task: Int, _ threadIndex: Int) -> Void) {
        var pass = Pass(serial: seconds(since: last), tasks: [])
        pass.tasks.reserveCapacity(tasks)
        for task in 0..<tasks {
            let start = DispatchTime.now().uptimeNanoseconds
            body(task, 0)
            pass.tasks.append(seconds(since: start))
        }
        passes.append(pass)
        last = DispatchTime.now().uptimeNanoseconds
    }

    private func seconds(since start: UInt64) -> Double { Double(DispatchTime.now().uptimeNanoseconds - start) / 1e9 }
}
