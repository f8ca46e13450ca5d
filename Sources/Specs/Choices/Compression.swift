/// When and how far a trained network is compressed to the principal components of its layers' inputs (Waleffe and Rekatsinas, "Principal
/// Component Networks", arXiv 2006.13347).
public struct Compression: Hashable, Sendable {
    /// How many components each layer keeps.
    public enum Rule: Hashable, Sendable {
        /// So many; 0 leaves the layer as it is.
        case dimensions([Int])
        /// Those whose variance is larger, at least one: the same bound for every layer, or one for each.
        case threshold(LayerValues)
        /// This share of the layer's inputs, rounded up.
        case fraction(Double)
    }

    /// Epochs that are trained in full before.
    public var after: Int
    /// Training images whose activations decide, or all if there are fewer.
    public var samples: Int
    public var rule: Rule
    /// How many outputs of each layer but the last are kept, 0 for all of them; empty for all of all.
    public var keepOutputs: [Int]

    /// As many as in the paper's program.
    public static let standardSamples = 5000

    public init(after: Int, samples: Int = Compression.standardSamples, _ rule: Rule, keepOutputs: [Int] = []) {
        (self.after, self.samples, self.rule) = (after, samples, rule)
        self.keepOutputs = keepOutputs.allSatisfy { $0 == 0 } ? [] : keepOutputs
    }

    /// The members of the object in a spec.
    static let members: [RecordMember] = {
        let layers = 1...64
        let counts = ValueKind.wholes(each: 0...10_000_000, count: layers)
        return [
            RecordMember("after", .whole(1...SettingField.countLimit), isRequired: true),
            RecordMember("samples", .whole(1...DatasetName.imageLimit)),
            RecordMember("dimensions", counts),
            RecordMember("threshold", .realOrReals(1e-30...SettingField.realLimit, count: layers)),
            RecordMember("fraction", .real(1e-6...1)),
            RecordMember("keep_outputs", counts),
        ]
    }()

    /// Of these exactly one is given.
    static let rules = ["dimensions", "threshold", "fraction"]
}

extension Compression: SettingRepresentable {
    init?(_ value: SettingValue) {
        guard case .record(let entries) = value, case .whole(let after)? = entries["after"] else { return nil }
        let rule: Rule
        switch (entries["dimensions"], entries["threshold"], entries["fraction"]) {
        case (.wholes(let dimensions)?, nil, nil): rule = .dimensions(dimensions)
        case (nil, let threshold?, nil):
            guard let values = LayerValues(threshold) else { return nil }
            rule = .threshold(values)
        case (nil, nil, .real(let fraction)?): rule = .fraction(fraction)
        default: return nil
        }
        var samples = Self.standardSamples, keepOutputs: [Int] = []
        if case .whole(let given)? = entries["samples"] { samples = given }
        if case .wholes(let given)? = entries["keep_outputs"] { keepOutputs = given }
        self.init(after: after, samples: samples, rule, keepOutputs: keepOutputs)
    }

    var settingValue: SettingValue? {
        var entries: [String: SettingValue] = ["after": .whole(after)]
        if samples != Self.standardSamples { entries["samples"] = .whole(samples) }
        switch rule {
        case .dimensions(let dimensions): entries["dimensions"] = .wholes(dimensions)
        case .threshold(let values): entries["threshold"] = values.settingValue
        case .fraction(let fraction): entries["fraction"] = .real(fraction)
        }
        if !keepOutputs.isEmpty { entries["keep_outputs"] = .wholes(keepOutputs) }
        return .record(entries)
    }
}

/// A member of a setting that is an object.
struct RecordMember: Hashable, Sendable {
    let key: String
    let kind: ValueKind
    let isRequired: Bool

    init(_ key: String, _ kind: ValueKind, isRequired: Bool = false) {
        (self.key, self.kind, self.isRequired) = (key, kind, isRequired)
    }
}
