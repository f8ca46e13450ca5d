/// How large a lab is.
struct LoadSize: CustomStringConvertible {
    /// Queued runs, and the epochs that they have, all together.
    private(set) var runs = 100_000
    private(set) var rows = 10_000_000
    /// Completed experiments of an ordinary size.
    private(set) var experiments = 10

    /// Runs of an ordinary experiment, and their epochs.
    static let ordinary = 100
    /// Runs queued in the tiny lab: more than the measurements claim.
    static let tinyQueue = 2 * WorkerTimes.rounds
    static let tiny = LoadSize(runs: tinyQueue, rows: 0, experiments: 1)

    private init(runs: Int, rows: Int, experiments: Int) {
        (self.runs, self.rows, self.experiments) = (runs, rows, experiments)
    }

    /// The full size, but for what `--runs N` and `--rows N` say; nil for anything else.
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
