import Foundation
import Lab
import Specs

/// All that a node needs to make one attempt of a run: `bundle.json` in a folder of its own.
///
///     bundle.json
///     input/0.safetensors, …         where training goes on; absent at the beginning
///     request                        "stop" where the trainer should stop at the next batch
///     starts/ATTEMPT-JOB-RESTART/    what one process makes of it
///         journal.jsonl, checkpoint files, beat, outcome.json
public struct RunBundle: Codable, Sendable, Equatable {
    /// A place where training may go on.
    public struct Checkpoint: Codable, Sendable, Equatable {
        /// In the bundle.
        public let file: String
        public let epoch: Int
        public let batch: Int
        /// SHA-256, lower-case hexadecimal.
        public let digest: String

        public init(file: String, epoch: Int, batch: Int, digest: String) {
            (self.file, self.epoch, self.batch, self.digest) = (file, epoch, batch, digest)
        }
    }

    /// The version of this format. Another one is refused.
    public let format: Int
    public let run: String
    public let attempt: Int
    /// With the number of epochs to which this attempt trains.
    public let settings: Settings
    public let datasetDigest: String
    /// Newest first: an older one is for the case that the newest is damaged.
    public let checkpoints: [Checkpoint]
    /// With which arithmetic the run was trained so far; nil if it was not.
    public let arithmetic: String?
    /// The epoch after which the attempt ends, because a search compares the run with others there; nil for the run's end.
    public let until: Int?

    public static let currentFormat = 1

    public init(
        run: String, attempt: Int, settings: Settings, datasetDigest: String, checkpoints: [Checkpoint], arithmetic: String?,
        until: Int? = nil
    ) {
        format = Self.currentFormat
        (self.run, self.attempt, self.settings, self.datasetDigest) = (run, attempt, settings, datasetDigest)
        (self.checkpoints, self.arithmetic, self.until) = (checkpoints, arithmetic, until)
    }

    private enum CodingKeys: String, CodingKey {
        case format, run, attempt, settings, checkpoints, arithmetic, until
        case datasetDigest = "dataset_digest"
    }

    public var data: RunData { RunData(dataset: settings.dataset.name, digest: datasetDigest) }

    // The names of a bundle's parts.
    static func name(run: String, attempt: Int) -> String { "runs/\(run)-\(attempt)" }

    /// Whether a folder in `runs` has the form of a bundle's name.
    static func isName(_ name: String) -> Bool { name.wholeMatch(of: /[0-9a-f]{16}-[0-9]+/) != nil }
    public static let file = "bundle.json"
    static func input(_ index: Int) -> String { "input/\(index).safetensors" }
    public static let request = "request"
    public static let starts = "starts"
    public static let journal = "journal.jsonl"
    public static let outcome = "outcome.json"
    public static let beat = "beat"
    /// What the request says.
    public static let stop = "stop"

    /// What cannot be used as a bundle.
    public enum Failure: Error, CustomStringConvertible {
        case missing(path: String)
        case damaged(path: String, reason: String)
        case otherFormat(path: String, found: Int)

        public var description: String {
            switch self {
            case .missing(let path): "\(path): no bundle is there; `pcnlab cluster submit` makes them"
            case .damaged(let path, let reason): "\(path): is no bundle: \(reason)"
            case .otherFormat(let path, let found):
                "\(path): is a bundle of format \(found), and this program knows format \(RunBundle.currentFormat); "
                    + "use the program that made it"
            }
        }
    }

    /// Reads the bundle in a folder. Throws `Failure`.
    public static func read(_ storage: some BundleStorage, _ folder: String, path: String) throws -> RunBundle {
        guard let bytes = try storage.get(folder.isEmpty ? file : "\(folder)/\(file)") else { throw Failure.missing(path: path) }
        guard let version = try? JSONDecoder().decode(BundleVersion.self, from: bytes) else {
            throw Failure.damaged(path: path, reason: "\(file) is no JSON, or has no format")
        }
        guard version.format == currentFormat else { throw Failure.otherFormat(path: path, found: version.format) }
        do {
            let bundle = try JSONDecoder().decode(RunBundle.self, from: bytes)
            guard bundle.run.isRunID else { throw Failure.damaged(path: path, reason: "run is \(bundle.run.debugDescription)") }
            return bundle
        } catch let failure as Failure { throw failure } catch {
            throw Failure.damaged(path: path, reason: "\(file) cannot be read")
        }
    }

    public func encoded() throws -> Data {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        return try encoder.encode(self)
    }
}

private struct BundleVersion: Decodable { let format: Int }
