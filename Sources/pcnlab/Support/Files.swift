import Foundation
import Specs
import Training

/// Reads a spec's file, up to the size limit of specs.
func readSpec(_ file: String) throws -> Experiment {
    let limit = 4 << 20
    var bytes = Data()
    do {
        guard let handle = FileHandle(forReadingAtPath: file) else { throw CocoaError(.fileReadNoSuchFile) }
        while bytes.count <= limit, let part = try handle.read(upToCount: limit + 1 - bytes.count), !part.isEmpty {
            bytes += part
        }
    } catch {
        throw Failure("\(file.printable): cannot be read; is the path right?", Exit.missingFile)
    }
    guard bytes.count <= limit else {
        throw Failure("\(file.printable): is larger than 4 MiB, and so no spec; give a smaller file", Exit.badData)
    }
    return try Experiment.decode(bytes, file: file)
}

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
