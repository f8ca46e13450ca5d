import Foundation
import GRDB
import Specs

/// A lab of a chosen size. Its runs are submitted by the program; their epochs are written directly into the tables.
final class LoadedLab {
    let folder: URL
    private var lastSeed = 0

    /// A completed experiment, present in every lab.
    static let experiment = "ordinary-1"

    init(_ folder: URL, _ size: LoadSize) throws {
        self.folder = folder
        Terminal.note("load: a lab of \(size)")
        for number in 1...size.experiments {
            _ = try submit("ordinary-\(number)", runs: LoadSize.ordinary, epochs: LoadSize.ordinary)
        }
        try write(Self.completion)
        for part in stride(from: 0, to: size.runs, by: Experiment.runLimit) {
            _ = try submit("queue-\(part)", runs: min(Experiment.runLimit, size.runs - part), epochs: 1_000)
        }
        try write(Self.epochs, ["done": size.rows / size.runs])
    }

    /// A lab that the first submission creates.
    init(_ folder: URL) { self.folder = folder }

    /// Submits new runs, which differ in their seeds. Returns the seconds that the program took.
    func submit(_ name: String, runs: Int, epochs: Int) throws -> Double {
        let seeds = (1...runs).map { String(lastSeed + $0) }.joined(separator: ", ")
        lastSeed += runs
        let spec = """
            {"name": "\(name)", "architecture": "linearnet", "dataset": "shapes", "epochs": \(epochs), "sweep": {"seed": [\(seeds)]}}
            """
        let file = folder.appending(path: "\(name).json")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        try Data(spec.utf8).write(to: file)
        return try ProgramTimes.time(["submit", file.path], in: self)
    }

    var databaseBytes: Int {
        get throws { try FileManager.default.attributesOfItem(atPath: database)[.size] as? Int ?? 0 }
    }

    private var database: String { folder.appending(path: "pcnlab.sqlite").path }

    private func write(_ sql: String, _ arguments: StatementArguments = [:]) throws {
        let queue = try DatabaseQueue(path: database)
        try queue.write { try $0.execute(sql: sql, arguments: arguments) }
        try queue.close()
    }

    /// Marks every run as completed.
    private static let completion = """
        UPDATE runs SET state = 'completed', attempt = 1, epoch = epochs, final_train_accuracy = 0.5, final_test_accuracy = 0.4,
            weights_sha256 = hex(randomblob(32));
        INSERT INTO attempts (run_id, number, worker, arithmetic, threads, started_at, heartbeat, ended_at, outcome)
            SELECT id, 1, 'worker', 'fused', 2, submitted_at, 0, submitted_at, 'completed' FROM runs;
        INSERT INTO events (run_id, attempt, at, kind)
            SELECT id, 1, submitted_at, kind FROM runs, (SELECT 'started' AS kind UNION ALL SELECT 'ended');
        """

    /// Adds epochs to every queued run, in the order of the primary key, so that ten million rows take seconds.
    private static let epochs = """
        UPDATE runs SET epoch = :done WHERE state = 'queued';
        WITH RECURSIVE numbers (number) AS (
            SELECT 1 UNION ALL SELECT number + 1 FROM numbers WHERE number < (SELECT max(epoch) FROM runs))
        INSERT INTO epochs (run_id, epoch, loss, train_accuracy, test_accuracy, seconds)
            SELECT id, number, 2.3 / number, 0.5, 0.4, 1.25
            FROM (SELECT id, epoch FROM runs ORDER BY id) CROSS JOIN numbers WHERE number <= epoch;
        """
}
