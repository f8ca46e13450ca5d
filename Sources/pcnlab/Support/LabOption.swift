import ArgumentParser
import Foundation
import Lab

/// Which lab a command works on.
struct LabOption: ParsableArguments {
    @Option(name: .customLong("lab"), help: "The lab's folder (else PCNLAB_HOME, else ./.pcnlab).")
    var folder: String?

    var url: URL { Lab.folder(option: folder, environment: ProcessInfo.processInfo.environment) }

    /// Whoever opens a lab frees what dead workers have left, so that nothing is shown as running that is not.
    func open(create: Bool = false) throws -> Lab {
        if create { try refuseWhereNothingCanBeWritten() }
        do {
            let lab = try Lab(url, create: create)
            // A lab that cannot be written to now can still be looked at.
            _ = try? lab.releaseAbandoned()
            return lab
        } catch LabError.cannotWrite(let path, let reason) {
            // Even to read, SQLite has to make files. What it says of that is less clear.
            try refuseWhereNothingCanBeWritten()
            throw LabError.cannotWrite(path: path, reason: reason)
        }
    }

    private func refuseWhereNothingCanBeWritten() throws {
        guard let reason = FileSystem.refusal(at: url) else { return }
        let remedy = "make it writable, or name another lab with --lab DIR"
        throw Failure("cannot write \(url.relativePath): \(reason); \(remedy)", Exit.cannotWrite)
    }

    /// For the commands that write most.
    func warnOfNetwork() {
        guard let network = FileSystem.network(at: url) else { return }
        Terminal.error.line("warning: \(url.relativePath.printable) is on \(network); \(FileSystem.remedy)")
    }
}

extension Lab {
    /// The runs that a filter lets through; of those that cannot be read, a warning.
    func readableRuns(_ filter: RunFilter) throws -> [RunSummary] {
        let (runs, unreadable) = try listing(filter)
        for error in unreadable.prefix(3) { Terminal.error.line("warning: \(error)".printable) }
        if unreadable.count > 3 { Terminal.error.line("warning: and \(unreadable.count - 3) more runs cannot be read") }
        return runs
    }
}
