import ArgumentParser
import Foundation
import Lab
import Training

struct BackupCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "backup", abstract: "Make a consistent copy of the lab's database while workers go on.",
        discussion: """
            The copy contains every run, row and event. Checkpoints are separate files in the lab's folder. To restore it, end all \
            workers and replace pcnlab.sqlite with it, without the -wal and -shm files beside that: runs continue from the newest \
            checkpoint that it knows and that still exists.
            """)

    @OptionGroup var lab: LabOption

    @Argument(help: "The file to write. It must not exist, or be a device or a pipe.", completion: .file())
    var file: String

    func run() throws {
        try reporting {
            let lab = try lab.open()
            let target = try given(file)
            let bytes = try isWrittenThrough(target) ? stream(lab, to: target) : copy(lab, to: target)
            Terminal.error.line("\(file.printable): \(bytes.grouped) bytes")
        }
    }

    /// Whether something is there that has no contents to lose: a device, a pipe, an open descriptor.
    private func isWrittenThrough(_ url: URL) -> Bool {
        var status = stat()
        guard stat(url.path, &status) == 0 else { return false }
        return ![S_IFREG, S_IFDIR].contains(status.st_mode & S_IFMT) || OutputFile.isOpenDescriptor(url)
    }

    /// Refuses an existing file, also one that is made meanwhile. Returns the file's size.
    private func copy(_ lab: Lab, to target: URL) throws -> Int {
        try makeFolder(target.deletingLastPathComponent())
        try lab.backup(to: target)
        return try target.resourceValues(forKeys: [.fileSizeKey]).fileSize ?? 0
    }

    /// SQLite needs a file to copy into, which is then written to where it belongs.
    private func stream(_ lab: Lab, to target: URL) throws -> Int {
        let temporary = FileManager.default.temporaryDirectory.appending(path: "pcnlab-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: temporary) }
        try lab.backup(to: temporary)
        let output = try OutputFile(target), source = try FileHandle(forReadingFrom: temporary)
        while let bytes = try source.read(upToCount: 1 << 20), !bytes.isEmpty { try output.append(bytes) }
        try output.commit()
        return output.count
    }
}
