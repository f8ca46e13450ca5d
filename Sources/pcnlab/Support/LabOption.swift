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
        let lab = try Lab(url, create: create)
        // A lab that cannot be written to now can still be looked at.
        _ = try? lab.releaseAbandoned()
        return lab
    }

    /// For the commands that write most.
    func warnOfNetwork() {
        guard let network = FileSystem.network(at: url) else { return }
        Terminal.error.line("warning: \(url.relativePath.printable) is on \(network); \(FileSystem.remedy)")
    }
}
