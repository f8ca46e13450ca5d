import Foundation
import Specs

/// Reads a spec's file.
func readSpec(_ file: String) throws -> Experiment {
    guard let bytes = FileManager.default.contents(atPath: file) else {
        throw Failure("\(file): cannot be read; is the path right?", Exit.missingFile)
    }
    return try Experiment.decode(bytes, file: file)
}

/// Writes a file whole or not at all, with the folders above it.
func write(_ contents: Data, to url: URL) throws {
    do {
        try makeFolder(url.deletingLastPathComponent())
        try contents.write(to: url, options: .atomic)
    } catch let failure as Failure {
        throw failure
    } catch {
        throw Failure("cannot write \(url.relativePath): \(error.localizedDescription)", Exit.cannotWrite)
    }
}

func write(_ text: String, to url: URL) throws { try write(Data(text.utf8), to: url) }

func makeFolder(_ url: URL) throws {
    do {
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    } catch {
        throw Failure("cannot write \(url.relativePath): \(error.localizedDescription)", Exit.cannotWrite)
    }
}
