import Foundation
import Operations
import ProgramUnderTest
import Testing

@testable import pcnlab

@Suite("A lab's file system") struct FileSystemTests {
    @Test(
        "of another machine is named, wherever it is mounted",
        arguments: [
            ("/home/a/lab", nil), ("/data/lab", "nfs4"), ("/data", "nfs4"), ("/database", nil), ("/data/local/lab", nil),
            ("/my disk/lab", "cifs"), ("/far/lab", "fuse.sshfs"), ("/twice/lab", "9p"),
        ])
    func networks(_ path: String, _ name: String?) {
        let mounts = """
            /dev/vda / ext4 rw 0 0
            server:/export /data nfs4 rw,vers=4.2 0 0
            /dev/vdb /data/local xfs rw 0 0
            //server/share /my\\040disk cifs rw 0 0
            user@host: /far fuse.sshfs rw 0 0
            /dev/vdc /twice ext4 rw 0 0
            host /twice 9p rw 0 0
            """
        #expect(FileSystem.network(of: path, mounts: mounts) == name)
    }

    private static func command(_ words: String...) -> Bool {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.environment = Program.environment
        process.arguments = words
        process.standardError = FileHandle.nullDevice
        guard (try? process.run()) != nil else { return false }
        process.waitUntilExit()
        return process.terminationStatus == 0
    }

    @Test("that is read-only is refused, with the reason and the remedy")
    func readOnly() throws {
        try Program.inNewFolder { program in
            let folder = program.folder.appending(path: "disk")
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: false)
            // Only who may mount can see this; elsewhere there is nothing to test.
            guard Self.command("mount", "-t", "tmpfs", "tmpfs", folder.path) else { return }
            defer { _ = Self.command("umount", "-l", folder.path) }
            let spec = try program.spec(smallSpec("a", epochs: 1))
            #expect(try program.run("submit", spec, "--lab", "disk/lab").status == 0)
            try #require(Self.command("mount", "-o", "remount,ro", folder.path))
            for command in [["submit", spec], ["work", "--drain"], ["status"]] {
                let output = try program.start(command + ["--lab", "disk/lab"]).finish()
                #expect(output.status == 73 && output.error.contains("Read-only file system; make it writable"), "\(output)")
            }
            let doctor = try program.run("doctor", "--lab", "disk/lab")
            #expect(doctor.status == 65 && doctor.out.contains("Read-only file system"), "\(doctor)")
        }
    }
}
