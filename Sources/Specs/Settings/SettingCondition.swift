/// A condition on one setting of a run, such as `epsilon=0.1`, `d>=16` or `schedule!=cosine`. It holds only for runs that have the
/// setting: `d!=4` does not hold for an mlp.
public struct SettingCondition: Sendable, Equatable {
    private enum Comparison: String, CaseIterable {
        // Longer ones first, so that `<=` is not read as `<`.
        case lessOrEqual = "<="
        case greaterOrEqual = ">="
        case unequal = "!="
        case less = "<"
        case greater = ">"
        case equal = "="
    }

    /// As it was written.
    public let text: String
    private let key: String
    private let comparison: Comparison
    private let value: SettingValue

    /// Reads a condition. Throws `ConditionError`.
    public init(_ text: String) throws(ConditionError) {
        let places = Comparison.allCases.compactMap { comparison in
            text.range(of: comparison.rawValue).map { (range: $0, comparison: comparison) }
        }
        guard let first = places.min(by: { $0.range.lowerBound < $1.range.lowerBound }) else { throw .noComparison(text) }
        let name = text[..<first.range.lowerBound].trimmed, given = text[first.range.upperBound...].trimmed
        guard let field = SettingField.named(name) else {
            let keys = SettingField.all.map(\.key)
            throw .unknownSetting(name, suggestion: Suggestion.closest(to: name, among: keys), known: keys)
        }
        guard let value = field.kind.parsed(given) else {
            throw .wrongValue(given, setting: field.key, wanted: field.kind.phrase)
        }
        let isOrdered = first.comparison != .equal && first.comparison != .unequal
        if isOrdered, value.number == nil { throw .noOrder(setting: field.key) }
        (self.text, key, comparison, self.value) = (text, field.key, first.comparison, value.canonical)
    }

    /// Whether a run with these settings satisfies the condition.
    public func holds(for settings: Settings) -> Bool {
        guard let field = SettingField.named(key), field.applicability.holds(for: settings),
            let found = field.effective(settings)
        else { return false }
        switch comparison {
        case .equal: return found.suits(value)
        case .unequal: return !found.suits(value)
        case .less, .greater, .lessOrEqual, .greaterOrEqual:
            guard let found = found.number, let value = value.number else { return false }
            switch comparison {
            case .less: return found < value
            case .greater: return found > value
            case .lessOrEqual: return found <= value
            default: return found >= value
            }
        }
    }
}

/// Why a text is no condition on a setting.
public enum ConditionError: Error, Equatable, CustomStringConvertible {
    case noComparison(String)
    case unknownSetting(String, suggestion: String?, known: [String])
    case wrongValue(String, setting: String, wanted: String)
    case noOrder(setting: String)

    public var description: String {
        switch self {
        case .noComparison(let text):
            "\(Echo.quoted(text)) is no condition; write a setting, =, !=, <, <=, > or >=, and a value: epsilon=0.1"
        case .unknownSetting(let name, let suggestion, let known):
            "\(Echo.quoted(name)) is no setting; "
                + (suggestion.map { "did you mean \($0)?" } ?? "the settings are \(known.joined(separator: ", "))")
        case .wrongValue(let text, let setting, let wanted): "\(setting): \(Echo.quoted(text)) is no value; give \(wanted)"
        case .noOrder(let setting): "\(setting): its values have no order; compare with = or !="
        }
    }
}

extension ValueKind {
    /// The value of a text as people write it: 0.1, 1e-4, cifar10, 512×512 or 512x512, 0.1/0.2 or 0.1,0.2.
    fileprivate func parsed(_ text: String) -> SettingValue? {
        switch self {
        case .whole: Int(text).map(SettingValue.whole)
        case .real: Double(text).flatMap { $0.isFinite ? .real($0) : nil }
        case .realOrReals:
            {
                let parts = text.split(whereSeparator: { "/,[] ".contains($0) }).map { Double($0) }
                let reals = parts.compactMap(\.self).filter(\.isFinite)
                guard reals.count == parts.count, let first = reals.first else { return nil }
                return reals.count == 1 ? .real(first) : .reals(reals)
            }()
        case .choice(let names): names.contains(text) ? .text(text) : nil
        case .choiceOrPath(let names): names.contains(text) || DatasetName.folder(ofName: text) != nil ? .text(text) : nil
        case .wholes:
            {
                let parts = text.split(whereSeparator: { "×x,[] ".contains($0) }).map { Int($0) }
                let wholes = parts.compactMap(\.self)
                return wholes.count == parts.count && !wholes.isEmpty ? .wholes(wholes) : nil
            }()
        case .choices(let names):
            {
                let parts = text == "none" ? [] : text.split(whereSeparator: { "+,[] ".contains($0) }).map(String.init)
                return parts.allSatisfy(names.contains) ? .texts(names.filter(parts.contains)) : nil
            }()
        case .text, .name: .text(text)
        case .record, .object, .objects, .values: nil
        }
    }
}

extension SettingValue {
    /// Whether it is the value of a condition. Own data is named by its path or by its label: path:/home/me/digits, path:digits.
    fileprivate func suits(_ value: SettingValue) -> Bool {
        guard case .own(let dataset) = self, case .text(let text) = value else { return self == value }
        return text == dataset.name || text == DatasetName.pathPrefix + dataset.label
    }

    fileprivate var number: Double? {
        switch self {
        case .whole(let whole): Double(whole)
        case .real(let real): real
        case .text, .texts, .wholes, .reals, .own, .record: nil
        }
    }
}

extension Substring {
    fileprivate var trimmed: String {
        var text = self
        while text.first?.isWhitespace == true { text.removeFirst() }
        while text.last?.isWhitespace == true { text.removeLast() }
        return String(text)
    }
}
