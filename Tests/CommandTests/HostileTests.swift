import Foundation
import GRDB
import Operations
import ProgramUnderTest
import Testing

@testable import pcnlab

@Suite("Hostile names and files")
struct HostileTests {
    private static let nasty = "a\u{1B}[2J\u{9B}31m\u{202E}\u{7}\n\u{2028}\u{7F}"

    private func expectHarmless(_ text: String, _ what: String) {
        let unfit = text.unicodeScalars.first { scalar in
            scalar != "\n" && (scalar.properties.generalCategory == .control || scalar.properties.isBidiControl)
        }
        #expect(unfit == nil, "\(what): \(text.debugDescription)")
    }

    @Test("move no cursor: tags, experiments and files are shown without what a terminal obeys")
    func terminal() throws {
        try Program.inNewFolder { program in
            let file = try program.spec(smallSpec("t\u{202E}x", epochs: 1), "\u{1B}[31m.json")
            let submitted = try program.run("submit", file, "--tag", Self.nasty)
            #expect(submitted.status == 0)
            let outputs = [
                submitted, try program.run("status"), try program.run("status", String(submitted.lines[0].prefix(16))),
                try program.run("status", "--experiment", Self.nasty), try program.run("report", "--experiment", Self.nasty),
                try program.run("submit", "missing\u{1B}[2J\n.json"),
                try program.run("submit", program.spec("{", "\u{1B}[2J\n.json")),
                try program.run("status", Self.nasty), try program.run("status", "--lab", "no\u{1B}[2J"),
                try program.run("report", "--output", "spec\u{1B}[2J.json/x"), try program.run("report"),
                try program.run("data", "verify"),
            ]
            let json = try program.run("status", "--json").out
            expectHarmless(json, "status --json")
            let runs = try #require(try JSONSerialization.jsonObject(with: Data(json.utf8)) as? [[String: Any]])
            #expect(runs.first?["tags"] as? [String] == [Self.nasty], "nothing is lost")
            for (index, output) in outputs.enumerated() { expectHarmless(output.out + output.error, "\(index)") }
        }
    }

    @Test("stay on their line and in their colour where they are shown")
    func printable() {
        expectHarmless(Self.nasty.printable, "printable")
        #expect(!Self.nasty.printable.contains("\n") && "λ é 日 -".printable == "λ é 日 -")
        #expect("a\u{1B}\nb\r\nc".printableLines == "a\u{FFFD}\nb\u{FFFD}\nc")
    }

    @Test(
        "A file larger than any spec, or without an end, is refused and not read whole", arguments: ["/dev/zero", "large.json"])
    func endless(_ file: String) throws {
        try Program.inNewFolder { program in
            try Data(count: 5 << 20).write(to: program.folder.appending(path: "large.json"))
            let output = try program.run("submit", file)
            #expect(output.status == 65 && output.error.contains("4 MiB"))
        }
    }

    @Test("A time beyond all bounds is shown as none", arguments: [1e300, -1e300, .infinity, .nan, 1e19])
    func times(_ seconds: Double) {
        #expect(Format.duration(seconds) == "–")
    }

    @Test("What is written is for those alone whom the user's umask lets in")
    func umask() throws {
        try Program.inNewFolder { program in
            let spec = try program.spec(smallSpec("u", epochs: 1))
            let commands = [
                "submit \(spec)", "work --drain", "report --format html --output out/r.html --curves curves --plots plots",
                "export --format tensorboard board", "status",
            ]
            let process = Process()
            process.executableURL = URL(filePath: "/bin/sh")
            process.environment = Program.environment
            let script = "umask 077; " + commands.map { "\"$0\" \($0) >/dev/null 2>&1" }.joined(separator: " && ")
            process.arguments = ["-c", script, Program.executable.path]
            process.currentDirectoryURL = program.folder
            try process.run()
            process.waitUntilExit()
            #expect(process.terminationStatus == 0)
            let made = try #require(FileManager.default.enumerator(atPath: program.folder.path))
            var count = 0
            for case let path as String in made where path != spec {
                let attributes = try FileManager.default.attributesOfItem(atPath: program.folder.appending(path: path).path)
                let permissions = try #require(attributes[.posixPermissions] as? Int)
                #expect(permissions & 0o077 == 0, "\(path): \(String(permissions, radix: 8))")
                count += 1
            }
            #expect(count > 15)
        }
    }

    @Test("A worker ends where the database holds what makes no sense, and says why")
    func senseless() throws {
        try Program.inNewFolder { program in
            try program.run("submit", program.spec(smallSpec("a", epochs: 2)))
            let database = try DatabaseQueue(path: program.lab.appending(path: "pcnlab.sqlite").path)
            let alter = { (sql: String) in try database.writeWithoutTransaction { try $0.execute(sql: sql) } }
            try alter("PRAGMA ignore_check_constraints = ON; UPDATE runs SET state = 'lost' WHERE number = 1")
            try alter("UPDATE runs SET failures = 9223372036854775807 WHERE number = 2")
            try alter("PRAGMA foreign_keys = OFF; UPDATE runs SET id = '../../evil' WHERE number = 3")
            try database.close()
            let work = try program.run("work", "--drain")
            #expect(work.status == 65 && work.error.contains("state \"lost\""), "\(work)")
            #expect(try program.run("log", "..").status == 64)
            #expect(!FileManager.default.fileExists(atPath: program.folder.appending(path: "evil.log").path))
        }
    }
}
