import Foundation
import Operations
import Specs
import Training

/// Writes an output file, and makes the folders above it. See `OutputFile` for existing files.
func write(_ contents: Data, to url: URL) throws {
    try makeFolder(url.deletingLastPathComponent())
    let file = try OutputFile(url)
    try file.append(contents)
    try file.commit()
}

func write(_ text: String, to url: URL) throws { try write(Data(text.utf8), to: url) }

/// Makes a folder and those above it.
func makeFolder(_ url: URL) throws {
    do {
        try FileManager.default.makeFolder(at: url)
    } catch {
        throw Failure("cannot write \(url.relativePath): \(error.reason)", Exit.cannotWrite)
    }
}

extension String {
    /// The text as one word of a shell's command.
    var shellQuoted: String {
        let isPlain =
            !isEmpty && unicodeScalars.allSatisfy { $0.properties.isAlphabetic || "0123456789/._-+".unicodeScalars.contains($0) }
        return isPlain ? self : "'" + replacing("'", with: "'\\''") + "'"
    }
}

/// A path that was given as an argument. An empty one, as of a shell's variable that is not set, would mean the current folder.
func given(_ path: String, isFolder: Bool = false) throws -> URL {
    if path.isEmpty { throw Failure("an empty path is given: is a variable of the shell not set?", Exit.usage) }
    return isFolder ? URL(fileURLWithPath: path, isDirectory: true) : URL(fileURLWithPath: path)
}
