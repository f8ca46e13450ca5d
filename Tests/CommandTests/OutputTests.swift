import Foundation
import ProgramUnderTest
import Testing

@Suite("Output that cannot be written", .serialized)
struct OutputTests {
    /// Runs a shell's script, in which `$0` is the program. Returns what the shell exits with and its standard error.
    @discardableResult
    private func shell(_ script: String, in program: Program) throws -> (status: Int32, error: String) {
        let process = Process(), file = program.folder.appending(path: "shell-\(UUID().uuidString)")
        try Data().write(to: file)
        process.executableURL = URL(filePath: "/bin/sh")
        process.arguments = ["-c", script, Program.executable.path]
        process.currentDirectoryURL = program.folder
        process.environment = Program.environment.merging(
            ["PCNLAB_DATASETS": program.folder.appending(path: "datasets").path]
        ) { $1 }
        process.standardError = try FileHandle(forWritingTo: file)
        try process.run()
        process.waitUntilExit()
        return (process.terminationStatus, String(decoding: try Data(contentsOf: file), as: UTF8.self))
    }

    private func code(_ program: Program) throws -> String {
        try String(contentsOf: program.folder.appending(path: "code"), encoding: .utf8)
            .trimmingCharacters(in: .whitespacesAndNewlines)
    }

    private func expectAllCompleted(_ program: Program) throws {
        let runs = try program.status().values
        #expect(!runs.isEmpty && runs.allSatisfy { $0["state"] as? String == "completed" })
        let doctor = try program.run("doctor", "--json")
        #expect(doctor.status == 0, "\(doctor)")
    }

    @Test("to a reader that went away ends the log of `work`, not the training; the exit code is 73")
    func lostReader() throws {
        try Program.inNewFolder { program in
            // Long enough for the reader to go first.
            try program.run("submit", program.spec(smallSpec("a", epochs: 300)))
            try shell("(\"$0\" work --drain 2>&1; echo $? > code) | head -1 > /dev/null", in: program)
            try until { (try? code(program)) == "73" }
            try expectAllCompleted(program)
            let logs = try program.status().keys.map { try program.run("log", $0).out }
            #expect(
                logs.count { $0.contains("the standard error cannot be written any more: Broken pipe") } == 1, "it is said once")
        }
    }

    @Test(
        "to the standard error does not stop `work`, and no line of its log gets into another file",
        arguments: ["2>&-", "2>/dev/full", ">&- 2>&-", "<&- >&- 2>&-"])
    func noStandardError(_ redirection: String) throws {
        try Program.inNewFolder { program in
            try program.run("submit", program.spec(smallSpec("a", epochs: 4, more: #", "checkpoint_every": 1"#)))
            #expect(try shell("\"$0\" work --drain \(redirection)", in: program).status == 73)
            try expectAllCompleted(program)
        }
    }

    @Test("to a run's log does not stop `work`, which says so once and ends with 73")
    func noRunLog() throws {
        try Program.inNewFolder { program in
            let lines = try program.run("submit", program.spec(smallSpec("a", epochs: 4))).lines
            for line in lines {
                let log = program.lab.appending(path: "logs/\(line.prefix(16)).log")
                try FileManager.default.createDirectory(at: log, withIntermediateDirectories: true)
            }
            let work = try program.run("work", "--drain")
            #expect(work.status == 73)
            #expect(work.error.components(separatedBy: "training continues without this log").count == 2, "\(work.error)")
            try expectAllCompleted(program)
        }
    }

    @Test("because its reader went away ends every other command as SIGPIPE does: 141", arguments: ["", "trap '' PIPE; "])
    func brokenPipe(_ prefix: String) throws {
        try Program.inNewFolder { program in
            let spec = try program.spec(smallSpec("a", epochs: 2))
            try program.run("submit", spec)
            for command in ["status", "report", "submit \(spec)", "data list", "--help"] {
                // The reader is gone before the program begins.
                let pipe = "rm -f pipe; mkfifo pipe; true < pipe & exec 3> pipe; wait $!"
                try shell("\(pipe); (\(prefix)\"$0\" \(command) >&3; echo $? > code)", in: program)
                #expect(try code(program) == "141", "\(command)")
            }
        }
    }

    @Test("to a file that is named is written through devices, pipes and links; a file of its own keeps its permissions")
    func through() throws {
        try Program.inNewFolder { program in
            try program.run("submit", program.spec(smallSpec("a", epochs: 1)))
            try program.run("work", "--drain")
            let id = try #require(try program.status().keys.first)
            let report = try program.run("report").out
            let text = { (name: String) in try String(contentsOf: program.folder.appending(path: name), encoding: .utf8) }
            let run = { (script: String) in try shell(script, in: program) }
            _ = try run(
                "echo old > file; chmod 640 file; echo old > linked; ln linked other; ln -s file link; ln -s new dangling")
            for name in ["file", "linked", "link", "dangling"] {
                #expect(try run("\"$0\" report --output \(name)").status == 0, "\(name)")
                #expect(try text(name) == report, "\(name)")
            }
            #expect(try text("other") == report && text("new") == report)
            let attributes = try FileManager.default.attributesOfItem(atPath: program.folder.appending(path: "file").path)
            #expect(attributes[.posixPermissions] as? Int == 0o640)
            #expect(try run("test -h link && test -h dangling").status == 0)
            #expect(try run("\"$0\" report --output /dev/stdout > through").status == 0)
            #expect(try text("through") == report)
            #expect(try run("\"$0\" report --output /dev/full").status == 73)
            #expect(
                try run(
                    "\"$0\" export \(id) --format npz --output whole && \"$0\" export \(id) --format npz --output /dev/stdout > piped"
                ).status == 0)
            #expect(try run("cmp whole piped").status == 0)
            // A name as long as any may be, a shell's pipe, a closed descriptor.
            let long = String(repeating: "n", count: 255)
            for _ in 0..<2 { #expect(try run("\"$0\" report --output \(long)").status == 0) }
            #expect(try text(long) == report)
            #expect(try run("mkfifo pipe; cat pipe > read & \"$0\" report --output pipe && wait").status == 0)
            #expect(try text("read") == report)
            #expect(try run("\"$0\" report --output /dev/fd/9 9> descriptor").status == 0)
            #expect(try text("descriptor") == report)
            #expect(try run("\"$0\" report --output /dev/stdout >&-").status == 73)
            // A number that no file has which the program opens itself, or inherits from these tests.
            #expect(try run("\"$0\" report --output /dev/fd/999").status == 73)
            #expect(try FileManager.default.contentsOfDirectory(atPath: program.folder.path).allSatisfy { !$0.hasSuffix(".tmp") })
        }
    }

    @Test("into a folder that is a file is refused with the reason, and an empty path as a mistake")
    func noFolder() throws {
        try Program.inNewFolder { program in
            try program.run("submit", program.spec(smallSpec("a", epochs: 1)))
            try Data("x".utf8).write(to: program.folder.appending(path: "file"))
            for command in [
                ["publish", "file"], ["publish", "file", "--checkpoints"], ["report", "--curves", "file"], ["init", "file/a"],
            ] {
                let output = try program.start(command).finish()
                #expect(
                    output.status == 73 && output.error.contains("file") && output.error.contains("Not a directory"), "\(output)")
            }
            let commands = [
                ["publish", ""], ["import", ""], ["init", ""], ["backup", ""], ["report", "--plots", ""],
                ["report", "--output", ""],
            ]
            for command in commands {
                let output = try program.start(command).finish()
                #expect(output.status == 64 && output.error.contains("an empty path is given"), "\(command): \(output)")
            }
        }
    }

    @Test("into a folder of files is written through what is there, file by file, by every command that writes one")
    func folders() throws {
        try Program.inNewFolder { program in
            let spec = try program.spec(smallSpec("a", epochs: 1))
            try program.run("submit", spec)
            try program.run("work", "--drain")
            let writers = [
                "report --curves DIR", "report --plots DIR", "export --format tensorboard DIR",
                "landscape \(spec) --samples 2 --plots DIR",
            ]
            for (number, writer) in writers.enumerated() {
                let folder = "d\(number)", command = "\"$0\" \(writer.replacing("DIR", with: folder)) > /dev/null"
                #expect(try shell(command, in: program).status == 0, "\(writer)")
                // The first file by name becomes a link to a file of another name with other permissions, which has another link too.
                let file = "$(find \(folder) -type f | sort | head -1)"
                let link =
                    "f=\(file); cp $f whole\(number); echo old > to\(number); chmod 600 to\(number); ln to\(number) other\(number)"
                #expect(try shell("\(link); ln -sf $PWD/to\(number) $f", in: program).status == 0)
                #expect(try shell(command, in: program).status == 0, "\(writer)")
                let same =
                    "cmp whole\(number) to\(number) && cmp whole\(number) other\(number) && test $(stat -c %a to\(number)) = 600"
                #expect(try shell(same, in: program).status == 0, "\(writer)")
                #expect(try shell("test $(find \(folder) -type l | wc -l) = 1", in: program).status == 0, "\(writer)")
                // A full device in its place.
                #expect(try shell("ln -sf /dev/full $(find \(folder) -type l)", in: program).status == 0)
                let full = try shell(command, in: program)
                #expect(full.status == 73 && full.error.contains("No space left on device"), "\(writer): \(full.error)")
            }
            #expect(try shell("\"$0\" backup /dev/full", in: program).status == 73)
            #expect(try shell("\"$0\" backup /dev/stdout > copy && \"$0\" backup file && cmp copy file", in: program).status == 0)
            #expect(
                try shell("mkfifo pipe; cat pipe > read & \"$0\" backup pipe && wait; cmp read file", in: program).status == 0)
            #expect(try shell("ln -s file link; \"$0\" backup link", in: program).status == 73)
        }
    }
}
