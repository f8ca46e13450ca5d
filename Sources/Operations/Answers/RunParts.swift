import Lab
import Specs
import Training

/// An attempt of a run, as a service and its clients exchange it.
package struct AttemptAnswer: Codable, Sendable {
    private let number: Int
    private let arithmetic: String
    private let threads: Int
    private let startedAt: Int64
    @Nullable private var endedAt: Int64?
    @Nullable private var outcome: String?
    @Nullable private var remote: RemotePlace?

    private enum CodingKeys: String, CodingKey {
        case number, arithmetic, threads, outcome, remote
        case startedAt = "started_at"
        case endedAt = "ended_at"
    }

    package init(_ row: AttemptRow) {
        (number, arithmetic, threads) = (row.number, row.arithmetic, row.threads)
        (startedAt, endedAt, outcome, remote) = (row.startedAt, row.endedAt, row.outcome, row.remote)
    }

    package var row: AttemptRow {
        AttemptRow(
            number: number, worker: remote?.worker ?? "", arithmetic: arithmetic, threads: threads, startedAt: startedAt,
            endedAt: endedAt, outcome: outcome)
    }
}

/// A checkpoint of a run, in the same way.
package struct CheckpointAnswer: Codable, Sendable {
    private let epoch: Int
    private let batch: Int
    private let file: String
    private let bytes: Int
    private let sha256: String
    private let kept: Bool

    package init(_ record: CheckpointRecord) {
        (epoch, batch, file) = (record.epoch, record.batch, record.file)
        (bytes, sha256, kept) = (record.bytes, record.sha256, record.kept)
    }

    package var record: CheckpointRecord {
        CheckpointRecord(epoch: epoch, batch: batch, file: file, bytes: bytes, sha256: sha256, kept: kept)
    }
}

/// The length that an experiment wishes for a run.
package struct WishAnswer: Codable, Sendable {
    package let experiment: String
    package let epochs: Int

    package init(experiment: String, epochs: Int) { (self.experiment, self.epochs) = (experiment, epochs) }
}

/// An event of a run or of the lab.
package struct EventAnswer: Codable, Sendable {
    private let id: Int64
    @Nullable private var run: String?
    private let at: Int64
    @Nullable private var attempt: Int?
    private let kind: String
    @Nullable private var detail: String?

    package init(_ row: EventRow) {
        (id, run, at, attempt, kind, detail) = (row.id, row.run, row.at, row.attempt, row.kind, row.detail)
    }

    package var row: EventRow { EventRow(id: id, run: run, at: at, attempt: attempt, kind: kind, detail: detail) }
}

/// A part of a run's log. `offset` is where the next part begins, in bytes.
package struct LogAnswer: Codable, Sendable {
    package let text: String
    package let offset: Int
    package let size: Int

    package init(text: String, offset: Int, size: Int) { (self.text, self.offset, self.size) = (text, offset, size) }
}

/// What the lab's files take, in bytes.
package struct DiskAnswer: Codable, Sendable {
    private let checkpoints: Int64
    private let database: Int64
    private let logs: Int64

    package init(_ use: DiskUse) { (checkpoints, database, logs) = (use.checkpoints, use.database, use.logs) }

    package var use: DiskUse { DiskUse(checkpoints: checkpoints, database: database, logs: logs) }
}

/// An error that a service met, with the exit code that the command line has for it.
package struct ErrorAnswer: Codable, Sendable {
    private let detail: String
    private let exitCode: Int32

    private enum CodingKeys: String, CodingKey {
        case detail
        case exitCode = "exit_code"
    }

    package init(_ failure: Failure) { (detail, exitCode) = (failure.message, failure.status.rawValue) }

    package var failure: Failure { Failure(detail, status: ExitStatus(exitCode)) }
}

/// The spectrum of one layer of a compressed run.
package typealias SpectrumAnswer = LayerSpectrum
