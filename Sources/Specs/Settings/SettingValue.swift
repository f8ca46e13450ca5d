/// A setting's value of any type.
enum SettingValue: Hashable, Sendable {
    case text(String)
    case whole(Int)
    case real(Double)
    case wholes([Int])
    case reals([Double])
    case texts([String])
    /// An object's members by their keys.
    case record([String: SettingValue])
    /// A user's own data.
    case own(DatasetName)

    /// The value as JSON.
    var json: JSONTree {
        switch self {
        case .text(let text): .text(text)
        case .whole(let whole): .whole(whole)
        case .real(let real): .real(real)
        case .wholes(let wholes): .list(wholes.map(JSONTree.whole))
        case .reals(let reals): .list(reals.map(JSONTree.real))
        case .texts(let texts): .list(texts.map(JSONTree.text))
        case .own(let dataset): .text(dataset.name)
        case .record(let entries): .object(entries.sorted { $0.key < $1.key }.map { JSONTree.Member($0.key, $0.value.json) })
        }
    }

    /// The value as people read it: cifar10, 1024, 1e-4, 512×512, 0.1/0.2.
    var shown: String {
        switch self {
        case .text(let text): text
        case .whole(let whole): String(whole)
        case .real(let real): ECMAScriptNumber.text(real)
        case .wholes(let wholes): wholes.map(String.init).joined(separator: "×")
        case .reals(let reals): reals.map(ECMAScriptNumber.text).joined(separator: "/")
        case .texts(let texts): texts.isEmpty ? "none" : texts.joined(separator: "+")
        case .own(let dataset): dataset.label
        case .record(let entries):
            Compression.members.compactMap { member in entries[member.key].map { "\(member.key) \($0.shown)" } }
                .joined(separator: ", ")
        }
    }
}

/// A type that a setting may have.
protocol SettingRepresentable: Sendable {
    init?(_ value: SettingValue)
    var settingValue: SettingValue? { get }
    /// The value that means "does not apply"; nil if the type has none.
    static var absent: Self? { get }
}

extension SettingRepresentable {
    static var absent: Self? { nil }
}

extension Int: SettingRepresentable {
    init?(_ value: SettingValue) {
        guard case .whole(let whole) = value else { return nil }
        self = whole
    }

    var settingValue: SettingValue? { .whole(self) }
}

extension Double: SettingRepresentable {
    init?(_ value: SettingValue) {
        guard case .real(let real) = value else { return nil }
        self = real
    }

    var settingValue: SettingValue? { .real(self) }
}

/// A type of which a setting may have a list.
protocol SettingElement: Sendable {
    static func list(_ value: SettingValue) -> [Self]?
    static func settingValue(_ list: [Self]) -> SettingValue
}

extension Int: SettingElement {
    static func list(_ value: SettingValue) -> [Int]? {
        guard case .wholes(let wholes) = value else { return nil }
        return wholes
    }

    static func settingValue(_ list: [Int]) -> SettingValue { .wholes(list) }
}

extension Array: SettingRepresentable where Element: SettingElement {
    init?(_ value: SettingValue) {
        guard let list = Element.list(value) else { return nil }
        self = list
    }

    var settingValue: SettingValue? { Element.settingValue(self) }
}

extension SettingRepresentable where Self: Choice {
    init?(_ value: SettingValue) {
        guard case .text(let text) = value, let choice = Self.named(text) else { return nil }
        self = choice
    }

    var settingValue: SettingValue? { .text(name) }
}

extension Architecture: SettingRepresentable {}
extension Linear: SettingRepresentable {}
extension Convolution: SettingRepresentable {}
extension Distance: SettingRepresentable {}
extension Wave: SettingRepresentable {}
extension Regulariser: SettingRepresentable {}
extension CloudSharing: SettingRepresentable {}
extension Gain: SettingRepresentable {}
extension LearnedEpsilon: SettingRepresentable {}
extension DatasetName: SettingRepresentable {
    init?(_ value: SettingValue) {
        switch value {
        case .own(let dataset): self = dataset
        case .text(let text):
            guard let dataset = Self.named(text) else { return nil }
            self = dataset
        case .whole, .real, .wholes, .reals, .texts, .record: return nil
        }
    }

    var settingValue: SettingValue? { folder == nil ? .text(name) : .own(self) }
}
extension Initialisation: SettingRepresentable {}
extension Window: SettingRepresentable {}
extension Normalisation: SettingRepresentable {}
extension InputScale: SettingRepresentable {}
extension Optimizer: SettingRepresentable {}
extension Schedule: SettingRepresentable {}

extension Optional: SettingRepresentable where Wrapped: SettingRepresentable {
    init?(_ value: SettingValue) {
        guard let wrapped = Wrapped(value) else { return nil }
        self = wrapped
    }

    var settingValue: SettingValue? { self?.settingValue }
    static var absent: Self? { .some(.none) }
}
