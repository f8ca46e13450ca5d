import Specs

/// The size of a lab.
struct LoadSize: CustomStringConvertible {
    /// Number of queued runs, and of their epochs in total.
    private(set) var runs = 100_000
    private(set) var rows = 10_000_000
    /// Number of completed experiments of ordinary size.
    private(set) var experiments = 10

    /// Number of runs of an ordinary experiment, and of epochs of each.
    static let ordinary = 100
    /// Number of queued runs in the tiny lab: more than the measurements claim.
    static let tinyQueue = 2 * WorkerTimes.rounds
    static let tiny = LoadSize(runs: tinyQueue, rows: 0, experiments: 1)

    private init(runs: Int, rows: Int, experiments: Int) {
        (self.runs, self.rows, self.experiments) = (runs, rows, experiments)
    }

    /// The full size, or that of `--runs N` and `--rows N`; nil for invalid arguments.
    init?(_ arguments: [String]) {
        for index in stride(from: 0, to: arguments.count, by: 2) {
            guard index + 1 < arguments.count, let number = Int(arguments[index + 1]), number >= Self.tinyQueue else {
                return nil
            }
            switch arguments[index] {
            case "--runs": runs = number
            case "--rows": rows = number
            default: return nil
            }
        }
    }

    var isFull: Bool { runs >= 100_000 && rows >= 10_000_000 }

    var description: String {
        let trained = rows > 0 ? " with \(rows.grouped) epochs" : ""
        let completed = experiments == 1 ? "a completed experiment" : "\(experiments) completed experiments"
        return "\(runs.grouped) queued runs\(trained) and \(completed) of \(Self.ordinary) runs of \(Self.ordinary) epochs"
    }
}
