import Foundation
import GRDB
import Specs

/// A run with its latest epoch and its attempts, for display.
public struct RunSummary: Sendable {
    public let id: String
    /// The order of submission.
    public let number: Int64
    public let experiments: [String]
    public let tags: [String]
    public let settings: Settings
    public let state: RunState
    public let request: RunRequest?
    public let priority: Int
    /// Completed epochs, and requested epochs.
    public let epoch: Int
    public let epochs: Int
    /// The latest epoch's row.
    public let latest: EpochRow?
    /// Mean over the last few epochs.
    public let secondsPerEpoch: Double?
    public let attempts: Int
    public let error: String?
    public let final: FinalFigures?
    /// The lengths at which it was completed, shortest first, with the figures at each. They stay when the run is extended.
    public let completions: [Completion]
    /// A person's own words about the run.
    public let note: String?
    public let datasetDigest: String
    /// Where a cluster trains it; nil if workers of this machine do, or if it has ended.
    public let remote: RemotePlace?
    /// Whether searches have it and nothing else: then its test accuracies are not told.
    public let isTrial: Bool
    /// Every arithmetic with which the run was trained.
    public let arithmetics: [String]

    /// From what another process says of it.
    package init(
        id: String, number: Int64, experiments: [String], tags: [String], settings: Settings, state: RunState,
        request: RunRequest?, priority: Int, epoch: Int, epochs: Int, latest: EpochRow?, secondsPerEpoch: Double?, attempts: Int,
        error: String?, final: FinalFigures?, completions: [Completion], note: String?, datasetDigest: String,
        remote: RemotePlace?, isTrial: Bool = false, arithmetics: [String]
    ) {
        (self.id, self.number, self.experiments, self.tags) = (id, number, experiments, tags)
        (self.settings, self.state, self.request, self.priority) = (settings, state, request, priority)
        (self.epoch, self.epochs, self.latest, self.secondsPerEpoch) = (epoch, epochs, latest, secondsPerEpoch)
        (self.attempts, self.error, self.final, self.completions) = (attempts, error, final, completions)
        (self.note, self.datasetDigest, self.remote, self.arithmetics) = (note, datasetDigest, remote, arithmetics)
        self.isTrial = isTrial
    }

    public var model: String { settings.model }

    /// The longest length at which the run was completed. It stays on record, whatever becomes of an extension.
    public var completion: Completion? {
        state == .completed ? final.map { Completion(epochs: epochs, figures: $0, loss: latest?.loss) } : completions.last
    }

    /// Whether the run was completed before, and has more epochs to train or ended while it trained them.
    public var isExtension: Bool { state != .completed && !completions.isEmpty }

    /// The arithmetics, if they differ in what decides the run's bits: these cannot be reproduced then. Otherwise empty.
    public var mixedArithmetics: [String] { Set(arithmetics.map(settings.decisive)).count > 1 ? arithmetics : [] }

    /// Whether training under this arithmetic gives the bits that the run has.
    public func isComparable(with arithmetic: String) -> Bool {
        arithmetics.allSatisfy { settings.decisive($0) == settings.decisive(arithmetic) }
    }

    public var secondsLeft: Double? {
        state.isEnded ? nil : secondsPerEpoch.map { $0 * Double(max(0, epochs - epoch)) }
    }
}

extension String {
    /// Whether it is sixteen lower-case hexadecimal digits, as the id of every run is. Files are named by ids.
    public var isRunID: Bool { utf8.count == 16 && utf8.allSatisfy { "0123456789abcdef".utf8.contains($0) } }
}

extension RunState {
    /// Throws `damaged` for an unknown state, which only a manually altered database contains.
    init(column: String) throws {
        guard let state = RunState(rawValue: column) else {
            throw LabError.damaged(file: "the lab's database", reason: "a run is in the state \(column.debugDescription)")
        }
        self = state
    }
}

extension RunSummary {
    /// From a row of `Lab.runs`. Throws `damaged` for values that this program cannot have written.
    package init(_ row: Row, completions: [Completion]) throws {
        let id: String = row["id"]
        func read<Value>(_ column: String, _ decode: (String) throws -> Value) throws -> Value {
            do {
                return try decode(row[column])
            } catch {
                throw LabError.damaged(file: "the lab's database", reason: "\(column) of run \(id) cannot be read: \(error)")
            }
        }
        let list = { (json: String) in try JSONDecoder().decode([String].self, from: Data(json.utf8)) }
        // Files are named by it.
        guard id.isRunID else {
            throw LabError.damaged(file: "the lab's database", reason: "a run has the id \(id.debugDescription)")
        }
        self.id = id
        number = row["number"]
        experiments = try read("experiments", list)
        tags = try read("tags", list)
        settings = try read("settings") { try Settings(canonicalJSON: $0) }
        state = try RunState(column: row["state"])
        request = (row["request"] as String?).flatMap(RunRequest.init)
        priority = row["priority"]
        epochs = row["epochs"]
        // A cancelled extension leaves epochs behind which are not part of the run.
        epoch = state == .completed ? min(row["epoch"], epochs) : row["epoch"]
        let isTrial: Bool = row["is_trial"] ?? false
        self.isTrial = isTrial
        latest = EpochRow(row, tellsTest: !isTrial)
        secondsPerEpoch = row["seconds_per_epoch"]
        attempts = row["attempt"]
        error = row["error"]
        final = (row["weights_sha256"] as String?).map {
            FinalFigures(
                trainAccuracy: row["final_train_accuracy"], testAccuracy: isTrial ? nil : row["final_test_accuracy"],
                weightsSHA256: $0,
                validationAccuracy: row["final_validation_accuracy"])
        }
        self.completions = completions.map { $0.told(isTrial: isTrial) }
        note = row["note"]
        datasetDigest = row["dataset_digest"]
        remote = RemotePlace(column: row["remote"], state: state)
        arithmetics = try read("kernels", list)
    }
}
