import ArgumentParser
import Foundation
import Operations
import Specs

struct Init: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Make a folder with a spec to start from.",
        discussion: """
            Writes experiment.json, the schema with which an editor completes and explains its settings, and a README that lists them. \
            Nothing that exists is replaced.
            """)

    @Argument(help: "The folder.", completion: .directory)
    var folder: String

    func run() throws {
        try reporting {
            let url = try given(folder, isFolder: true), start = StartingPoint(folder: url)
            if let taken = start.files.first(where: { isThere(url.appending(path: $0.name)) }) {
                let path = url.appending(path: taken.name).relativePath
                throw Failure("\(path) is there already, and is not replaced; name another folder", Exit.cannotWrite)
            }
            try makeFolder(url)
            for (name, contents) in start.files { try create(url.appending(path: name), contents) }
            let names = start.files.map(\.name).joined(separator: ", ")
            Terminal.error.line("\(names) in \(folder.printable); next:")
            Terminal.output.line("cd \(folder.shellQuoted.printable)")
            for command in StartingPoint.commands { Terminal.output.line(command) }
        }
    }

    private func isThere(_ url: URL) -> Bool {
        var status = stat()
        return lstat(url.path, &status) == 0
    }

    private func create(_ url: URL, _ contents: String) throws {
        do { try Data(contents.utf8).write(to: url, options: .withoutOverwriting) } catch {
            throw Failure("cannot write \(url.relativePath): \(error.systemReason)", Exit.cannotWrite)
        }
    }
}
