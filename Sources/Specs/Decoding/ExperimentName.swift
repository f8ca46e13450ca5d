/// What an experiment may be called. Reports make a folder of that name, so it must be one on every file system.
package enum ExperimentName {
    /// Longest name in Unicode scalars; at most 240 bytes of UTF-8, below the 255 that file systems take.
    static let lengthLimit = 60
    /// Names that already mean something.
    static let reserved = [".", ".."]
    /// A regular expression of what no name contains: a slash, a control character, a space at either end.
    static let forbiddenPattern = "[/\\u0000-\\u001f\\u007f-\\u009f]|^ | $"

    /// Whether a name can be used; says the same as the three above.
    package static func isSuitable(_ name: String) -> Bool {
        let scalars = name.unicodeScalars
        return (1...lengthLimit).contains(scalars.count) && !reserved.contains(name)
            && scalars.first != " " && scalars.last != " "
            && !scalars.contains { $0 == "/" || $0.properties.generalCategory == .control }
    }
}
