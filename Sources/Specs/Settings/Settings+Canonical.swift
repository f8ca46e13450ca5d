import Crypto
import Foundation

extension Settings {
    /// The settings that apply in RFC 8785's canonical form, defaults included.
    ///
    /// A seed beyond 2⁵³ − 1 is written as a string, as RFC 8785 (appendix D) recommends: other readers would round a number.
    public var canonicalJSON: String {
        json { _ in true }.canonical
    }

    /// The canonical form of the settings that determine how a run unfolds: without `epochs`, unless the schedule depends on them, and
    /// without `checkpoint_every`. Runs that differ only in these have the same trajectory, of different lengths.
    var trajectoryJSON: String {
        trajectory.canonical
    }

    /// A run's identity: SHA-256, in lower-case hexadecimal, of the canonical form of its trajectory and its data's digest.
    public func runIdentity(datasetDigest: String) -> String {
        let identity = JSONTree.object([.init("dataset_digest", .text(datasetDigest)), .init("settings", trajectory)])
        return SHA256.hash(data: Data(identity.canonical.utf8)).hexadecimal
    }

    /// Reads what `canonicalJSON` returns. Missing settings get their defaults.
    public init(canonicalJSON: String) throws(SpecDiagnostics) {
        self = try SpecScanner.settings(Array(canonicalJSON.utf8))
    }

    private var trajectory: JSONTree {
        guard dataset.folder != nil, case .object(let members) = json(including: { $0.fixesTrajectory(self) }) else {
            return json { $0.fixesTrajectory(self) }
        }
        // The digest stands for the images; where they lie is no part of a run.
        return .object(
            members.filter { $0.key != Self.shapeKey }
                .map { $0.key == "dataset" ? JSONTree.Member($0.key, .text(dataset.identityName)) : $0 })
    }

    /// The key under which canonical settings hold the shape of own data, so that they can be read without its folder.
    static let shapeKey = "dataset_shape"

    private func json(including isIncluded: (SettingField) -> Bool) -> JSONTree {
        .object(
            SettingField.all.filter(isIncluded).compactMap { field in
                field.read(self).map { JSONTree.Member(field.key, $0.json) }
            } + (dataset.folder == nil ? [] : [JSONTree.Member(Self.shapeKey, .list(dataset.shape.map(JSONTree.whole)))]))
    }

    /// Settings from values by key. Required settings that are missing get a placeholder: check for them first.
    init(values: [String: SettingValue]) {
        // A PCN has every setting, so each starts at its default; those that do not apply are dropped at the end.
        self = .paper
        for field in SettingField.all {
            if let value = values[field.key] { field.write(&self, value) }
        }
        normalize()
    }
}
