import Foundation

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
