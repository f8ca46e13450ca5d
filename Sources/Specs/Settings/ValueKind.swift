/// What may be written for a value. The decoder, the JSON Schema and the messages share this description.
enum ValueKind: Hashable, Sendable {
    /// A whole number in a range.
    case whole(ClosedRange<Int>)
    /// A number in a range that float32 holds.
    case real(ClosedRange<Double>)
    /// A number in a range that float32 holds, or a list of one for each linear layer.
    case realOrReals(ClosedRange<Double>, count: ClosedRange<Int>)
    /// One of some names.
    case choice([String])
    /// One of some names, or `path:` and a folder.
    case choiceOrPath([String])
    /// A list of whole numbers.
    case wholes(each: ClosedRange<Int>, count: ClosedRange<Int>)
    /// A list of names, each at most once.
    case choices([String])
    /// An object of some members, of which one group has exactly one.
    case record([RecordMember], exactlyOne: [String])
    /// Any text.
    case text
    /// A name that can be a file name: 1…60 characters, no slash, no control character.
    case name
    /// An object of settings.
    case object
    /// A list of objects of settings.
    case objects
    /// A list of values for one setting.
    case values

    /// What would be right, in words: "a whole number ≥ 1".
    var phrase: String {
        switch self {
        case .whole(let range) where range.upperBound >= SettingField.countLimit && range.lowerBound > 0:
            "a whole number ≥ \(range.lowerBound)"
        case .whole: "a whole number " + rangePhrase
        case .real(let range) where range.upperBound >= SettingField.realLimit:
            range.lowerBound > 0 ? "a number > 0" : "a number ≥ 0"
        case .real: "a number " + rangePhrase
        case .realOrReals(let range, _):
            ValueKind.real(range).phrase + ", or a list of one for each layer of the linear part"
        case .choice(let names):
            names.count == 1 ? Echo.quoted(names[0]) : "one of " + names.map(Echo.quoted).joined(separator: ", ")
        case .choiceOrPath(let names):
            "one of " + names.map(Echo.quoted).joined(separator: ", ") + ", or \"path:DIR\" for a folder of your own images"
        case .wholes(let each, let count):
            "a list of \(count.lowerBound) to \(count.upperBound) whole numbers, each "
                + ValueKind.whole(each).rangePhrase
        case .choices(let names): "a list of " + names.map(Echo.quoted).joined(separator: ", ") + ", each at most once"
        case .record(let members, let rules):
            "an object { … } of "
                + (members.filter(\.isRequired).map(\.key) + [rules.joined(separator: " or ")]).joined(separator: ", ")
                + members.filter { !$0.isRequired && !rules.contains($0.key) }.map { ", and \($0.key) if wanted" }.joined()
        case .text: "text in double quotes"
        case .name:
            "a name of 1 to \(ExperimentName.lengthLimit) characters, without / and control characters, not . or .., "
                + "no space at its ends"
        case .object: "an object { … } of settings"
        case .objects: "a list [ … ] of objects"
        case .values: "a list [ … ] with at least one value"
        }
    }

    /// The limits in words, for a value of the right type that is out of range.
    var rangePhrase: String {
        switch self {
        case .whole(let range):
            range.upperBound == Int.max
                ? "from \(range.lowerBound) to 2^63−1"
                : "from \(range.lowerBound) to \(range.upperBound.grouped)"
        case .real(let range):
            "from \(ECMAScriptNumber.text(range.lowerBound)) to \(ECMAScriptNumber.text(range.upperBound))"
        case .realOrReals(let range, _): ValueKind.real(range).rangePhrase
        case .wholes, .choice, .choiceOrPath, .choices, .record, .text, .name, .object, .objects, .values: ""
        }
    }
}
