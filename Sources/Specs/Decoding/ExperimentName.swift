/// The rules for names of experiments. Reports create a folder of that name, so it must be valid on every file system.
package enum ExperimentName {
    /// Maximum length in Unicode scalars: at most 240 bytes of UTF-8, below the 255 that file systems allow.
    static let lengthLimit = 60
    /// Names with a special meaning.
    static let reserved = [".", ".."]
    /// A regular expression that no name may match: a slash, a control character, a space at either end.
    static let forbiddenPattern = "[/\\u0000-\\u001f\\u007f-\\u009f]|^ | $"

    /// Whether a name is valid by the three rules above.
    package static func isSuitable(_ name: String) -> Bool {
        let scalars = name.unicodeScalars
        return (1...lengthLimit).contains(scalars.count) && !reserved.contains(name)
            && scalars.first != " " && scalars.last != " "
            && !scalars.contains { $0 == "/" || $0.properties.generalCategory == .control }
    }
}
