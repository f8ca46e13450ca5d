import Crypto
import Foundation

extension ExperimentName {
    /// Most bytes of a folder's name.
    private static let folderLimit = 200
    /// Characters that some file system does not take. The tilde begins the digest.
    private static let replaced = Set("/\\:*?\"<>|~".unicodeScalars)
    /// Names of devices on Windows, with any extension.
    private static let devices: Set<String> = Set(
        ["con", "prn", "aux", "nul"] + (0...9).flatMap { ["com\($0)", "lpt\($0)"] })

    /// The folder of an experiment's files in reports and exports: its name, which most file systems take as it is.
    ///
    /// Some file systems take names for one that differ only in case or in how accents are composed, or do not take every character.
    /// A name on which that depends is altered, and a digest of the name is added, so that no two experiments share a folder on any of
    /// them. The folder depends on the name alone: no other experiment renames it.
    package static func folder(_ name: String) -> String {
        let safe = name.unicodeScalars.map { scalar -> String in
            let isUnfit = replaced.contains(scalar) || scalar.properties.generalCategory == .control
            return isUnfit || scalar.properties.isNoncharacterCodePoint ? "_" : String(scalar)
        }.joined()
        let isPlain =
            same(safe, name) && same(name, folded(name)) && name.utf8.count <= folderLimit && isSuitable(name)
            && name.last != "." && name != "index.csv" && !devices.contains(String(name.prefix { $0 != "." }))
        if isPlain { return name }
        let digest = "~" + SHA256.hash(data: Data(name.utf8)).prefix(4).hexadecimal
        var beginning = ""
        for scalar in safe.unicodeScalars {
            if beginning.utf8.count + String(scalar).utf8.count + digest.utf8.count > folderLimit { break }
            beginning.unicodeScalars.append(scalar)
        }
        // Not hidden, and not a path upwards.
        if beginning.first == "." || beginning.isEmpty { beginning = "_" + beginning.dropFirst() }
        return beginning + digest
    }

    /// What a file system may compare: composed, without case.
    private static func folded(_ name: String) -> String {
        name.precomposedStringWithCanonicalMapping.unicodeScalars.map { scalar in
            scalar.properties.uppercaseMapping.unicodeScalars.map(\.properties.lowercaseMapping).joined()
        }.joined()
    }

    /// Compares scalars. Swift's strings are equal if they are canonically equivalent.
    private static func same(_ left: String, _ right: String) -> Bool { left.unicodeScalars.elementsEqual(right.unicodeScalars) }
}
