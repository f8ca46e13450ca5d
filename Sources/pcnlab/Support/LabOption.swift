import ArgumentParser
import Foundation
import Lab

/// Which lab a command works on.
struct LabOption: ParsableArguments {
    @Option(name: .customLong("lab"), help: "The lab's folder (else PCNLAB_HOME, else ./.pcnlab).")
    var folder: String?

    var url: URL { Lab.folder(option: folder, environment: ProcessInfo.processInfo.environment) }

    func open(create: Bool = false) throws -> Lab { try Lab(url, create: create) }
}
