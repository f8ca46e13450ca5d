import ArgumentParser
import Foundation
import Lab

/// The lab that a command uses.
struct LabOption: ParsableArguments {
    @Option(name: .customLong("lab"), help: "The lab's folder (else PCNLAB_HOME, else ./.pcnlab).")
    var folder: String?

    var url: URL { Lab.folder(option: folder, environment: ProcessInfo.processInfo.environment) }

    /// Opens the lab, for reading too: nothing in it is changed, except that a lab of an older version is migrated.
    func open(create: Bool = false) throws -> Lab {
        if create { try refuseWhereNothingCanBeWritten() }
        do {
            return try Lab(url, create: create)
        } catch LabError.cannotWrite(let path, let reason) {
            // SQLite makes files even to read. Its own message is less clear.
            try refuseWhereNothingCanBeWritten()
            throw LabError.cannotWrite(path: path, reason: reason)
        }
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

extension Lab {
    /// The selected runs. Prints a warning for those that cannot be read.
    func readableRuns(_ filter: RunFilter) throws -> [RunSummary] {
        let (runs, unreadable) = try listing(filter)
        for error in unreadable.prefix(3) { Terminal.error.line("warning: \(error)".printable) }
        if unreadable.count > 3 { Terminal.error.line("warning: and \(unreadable.count - 3) more runs cannot be read") }
        return runs
    }
}
