import ArgumentParser
import Foundation
import Lab
import Operations

/// The lab that a command uses.
struct LabOption: ParsableArguments {
    @Option(name: .customLong("lab"), help: "The lab's folder (else PCNLAB_HOME, else ./.pcnlab).")
    var folder: String?

    var url: URL { Lab.folder(option: folder, environment: ProcessInfo.processInfo.environment) }

    /// Opens the lab, for reading too: nothing in it is changed, except that a lab of an older version is migrated.
    func open(create: Bool = false) throws -> Lab {
        if create { try refuseWhereNothingCanBeWritten() }
        let above = isThere(url) ? nil : labAbove
        do {
            let lab = try Lab(url, create: create)
            if let above {
                let path = above.printable
                Terminal.error.line(
                    "a new lab is made in \(url.relativePath.printable); to use the one above, give --lab \(path)")
            }
            return lab
        } catch LabError.noLab(let folder) where above != nil {
            let path = above ?? ""
            throw Failure(
                "no lab at \(folder), but there is one above: give --lab \(path), or set PCNLAB_HOME to it", Exit.missingFile)
        } catch LabError.cannotWrite(let path, let reason) {
            // SQLite makes files even to read. Its own message is less clear.
            try refuseWhereNothingCanBeWritten()
            throw LabError.cannotWrite(path: path, reason: reason)
        }
    }

    private func isThere(_ folder: URL) -> Bool {
        FileManager.default.fileExists(atPath: folder.appending(path: "pcnlab.sqlite").path)
    }

    /// The lab of a folder above this one, where the lab is that of this folder because nothing names another.
    private var labAbove: String? {
        guard folder == nil, ProcessInfo.processInfo.environment["PCNLAB_HOME", default: ""].isEmpty else { return nil }
        var path = "..", place = URL(fileURLWithPath: FileManager.default.currentDirectoryPath)
        while place.path != "/" {
            place.deleteLastPathComponent()
            if isThere(place.appending(path: url.lastPathComponent)) {
                return "\(path)/\(url.lastPathComponent)"
            }
            path += "/.."
        }
        return nil
    }

    private func refuseWhereNothingCanBeWritten() throws {
        guard let reason = FileSystem.refusal(at: url) else { return }
        let remedy = "make it writable, or name another lab with --lab DIR"
        throw Failure("cannot write \(url.relativePath): \(reason); \(remedy)", Exit.cannotWrite)
    }

    /// For the commands that write a lot.
    func warnOfNetwork() {
        guard let network = FileSystem.network(at: url) else { return }
        Terminal.error.line("warning: \(url.relativePath.printable) is on \(network); \(FileSystem.remedy)")
    }
}

extension RunListing {
    /// The runs. Prints a warning for those that cannot be read.
    func readable() -> [RunSummary] {
        unreadable.warn()
        return runs
    }
}

extension [Failure] {
    /// Prints a warning for runs that cannot be read, each with its error.
    func warn() {
        for error in prefix(3) { Terminal.error.line("warning: \(error)".printable) }
        if count > 3 { Terminal.error.line("warning: and \(count - 3) more runs cannot be read") }
    }
}
