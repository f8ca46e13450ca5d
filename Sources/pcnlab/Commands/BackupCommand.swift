import ArgumentParser
import Foundation
import Lab

struct BackupCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "backup", abstract: "Make a consistent copy of the lab's database while workers go on.",
        discussion: """
            The copy contains every run, row and event. Checkpoints are separate files in the lab's folder. To restore it, end all \
            workers and replace pcnlab.sqlite with it, without the -wal and -shm files beside that: runs continue from the newest \
            checkpoint that it knows and that still exists.
            """)

    @OptionGroup var lab: LabOption

    @Argument(help: "The file to write. It must not exist.", completion: .file())
    var file: String

    func run() throws {
        try reporting {
            let lab = try lab.open()
            let target = URL(fileURLWithPath: file)
            // Refuses an existing file, also one that is made meanwhile.
            try lab.backup(to: target)
            let bytes = try target.resourceValues(forKeys: [.fileSizeKey]).fileSize ?? 0
            Terminal.error.line("\(file.printable): \(bytes.grouped) bytes")
        }
    }
}
