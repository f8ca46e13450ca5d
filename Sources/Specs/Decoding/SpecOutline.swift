/// A setting's value with its place in the spec. The value is nil if it could not be read.
struct SourcedValue {
    let field: SettingField
    let value: SettingValue?
    let keyPosition: Position
    let position: Position
    let path: FieldPath
}

/// An object of settings: the top level, or one of `include` and `exclude`.
struct SettingsObject {
    let position: Position
    let path: FieldPath
    var settings: [String: SourcedValue] = [:]
    /// Settings whose values an error in this object leaves unknown: nothing is concluded from them.
    var unknown: Set<String> = []
}

/// A setting with the values that a sweep gives for it.
struct SweptField {
    let field: SettingField
    let keyPosition: Position
    let path: FieldPath
    /// How many values there are, unreadable ones included.
    let count: Int
    /// The readable values, each once.
    let values: [SourcedValue]
}

/// The parts of a spec as they were read, before they are expanded to runs.
struct SpecOutline {
    var name = ""
    var description: String?
    var base: SettingsObject
    var sweep: [SweptField] = []
    /// Settings whose values an error in the sweep leaves unknown.
    var sweepUnknown: Set<String> = []
    var include: [SettingsObject] = []
    var exclude: [SettingsObject] = []
    var search: SearchOutline?
    /// The position of each top-level part's key.
    var parts: [String: Position] = [:]
}
