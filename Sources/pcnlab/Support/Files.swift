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
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    } catch {
        throw Failure("cannot write \(url.relativePath): \(error.systemReason)", Exit.cannotWrite)
    }
}
