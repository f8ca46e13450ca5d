/// A setting as a spec gives it; the value is nil where it could not be read.
struct Given {
    let field: SettingField
    let value: SettingValue?
    let keyPosition: Position
    let position: Position
    let path: FieldPath
}

/// An object of settings: the top level, or one of `include` and `exclude`.
struct Block {
    let position: Position
    let path: FieldPath
    var settings: [String: Given] = [:]
    /// Settings that a fault in this object leaves unknown: nothing is concluded from them.
    var doubtful: Set<String> = []
}

/// A setting with the values that a sweep gives it.
struct SweptField {
    let field: SettingField
    let keyPosition: Position
    let path: FieldPath
    /// How many values there are, unreadable ones included.
    let count: Int
    /// The readable values, repeated ones once.
    let values: [Given]
}

/// A spec's parts as they were read, before runs are made of them.
struct SpecOutline {
    var name = ""
    var description: String?
    var base: Block
    var sweep: [SweptField] = []
    /// Settings that a fault in the sweep leaves unknown.
    var sweepDoubtful: Set<String> = []
    var include: [Block] = []
    var exclude: [Block] = []
    /// Where each top-level part's key stands.
    var parts: [String: Position] = [:]
}
