import ArgumentParser
import Foundation
import Lab

struct BackupCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "backup", abstract: "Copy the lab's database, whole and consistent, while workers go on.",
        discussion: """
            The copy holds every run, row and event; checkpoints are files of their own, in the lab's folder. To go back to it, \
            end all workers and put it in the place of pcnlab.sqlite, without the -wal and -shm files beside that: runs go on from \
            the newest of their checkpoints that it knows and that is still there.
            """)

    @OptionGroup var lab: LabOption

    @Argument(help: "The file to write; none may be there.", completion: .file())
    var file: String

    func run() throws {
        try reporting {
            let lab = try lab.open()
            let target = URL(fileURLWithPath: file)
            // Refuses a name that is taken, also one that is taken meanwhile.
            try lab.backup(to: target)
            let bytes = try target.resourceValues(forKeys: [.fileSizeKey]).fileSize ?? 0
            Terminal.error.line("\(file.printable): \(bytes.grouped) bytes")
        }
    }
}
