import Foundation
import ProgramUnderTest
import Testing

@Suite("init")
struct InitTests {
    @Test(
        "writes a spec that submit accepts, with its schema and every setting explained, and prints the next commands",
        arguments: ["first", "a/b/my study's", "."])
    func files(_ folder: String) throws {
        try Program.inNewFolder { program in
            let output = try program.run("init", folder)
            #expect(output.status == 0, "\(output)")
            let place = program.folder.appending(path: folder)
            let text = { (name: String) in try String(contentsOf: place.appending(path: name), encoding: .utf8) }
            #expect(try text("experiment.schema.json") == program.run("schema").out)
            let fields = try #require(
                try JSONSerialization.jsonObject(with: Data(text("experiment.schema.json").utf8)) as? [String: Any])
            let readme = try text("README.md")
            for key in try #require(fields["properties"] as? [String: Any]).keys where !key.hasPrefix("$") && key != "description"
            {
                #expect(key.unicodeScalars.first!.value > 127 || readme.contains("`\(key)`"), "\(key)")
            }
            // What it prints is what a shell takes.
            let shell = Process()
            shell.executableURL = URL(fileURLWithPath: "/bin/sh")
            shell.environment = Program.environment
            shell.arguments = [
                "-ec", "pcnlab() { '\(Program.executable.path)' \"$@\"; }\n" + output.lines[..<2].joined(separator: "\n"),
            ]
            shell.currentDirectoryURL = program.folder
            shell.standardOutput = FileHandle.nullDevice
            shell.standardError = FileHandle.nullDevice
            try shell.run()
            shell.waitUntilExit()
            #expect(shell.terminationStatus == 0, "\(output.out)")
            #expect(
                output.lines.dropFirst().map { String($0) } == [
                    "pcnlab submit experiment.json", "pcnlab work --drain", "pcnlab report",
                ])
            let status = try program.run("status", "--lab", place.appending(path: ".pcnlab").path, "--json").out
            let runs = try #require(try JSONSerialization.jsonObject(with: Data(status.utf8)) as? [[String: Any]])
            #expect(runs.count == 4 && (folder != "first" || runs[0]["experiment"] as? String == "first"))
        }
    }

    @Test("replaces nothing, and writes nothing where one of its files exists", arguments: ["experiment.json", "README.md"])
    func taken(_ name: String) throws {
        try Program.inNewFolder { program in
            let folder = program.folder.appending(path: "d")
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
            try Data("mine".utf8).write(to: folder.appending(path: name))
            let output = try program.run("init", "d")
            #expect(output.status == 73 && output.error.contains("d/\(name) is there already") && output.out.isEmpty, "\(output)")
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == [name])
            #expect(try Data(contentsOf: folder.appending(path: name)) == Data("mine".utf8))
            try Data().write(to: program.folder.appending(path: "file"))
            #expect(try program.run("init", "file").status == 73)
        }
    }

    @Test("a lab made below another is said, with what names the other; a command that makes none says so too")
    func above() throws {
        try Program.inNewFolder { program in
            let spec = smallSpec("a", epochs: 1)
            #expect(try !program.run("submit", program.spec(spec)).error.contains("a new lab"))
            let below = Program(folder: program.folder.appending(path: "x/y"))
            try FileManager.default.createDirectory(at: below.folder, withIntermediateDirectories: true)
            let none = try below.run("status")
            #expect(none.status == 66 && none.error.contains("give --lab ../../.pcnlab"), "\(none)")
            let new = try below.run("submit", below.spec(spec))
            #expect(
                new.status == 0
                    && new.error.contains("a new lab is made in .pcnlab; to use the one above, give --lab ../../.pcnlab\n"))
            #expect(try !below.run("submit", "spec.json").error.contains("a new lab"), "it is said once")
            try FileManager.default.removeItem(at: below.lab)
            #expect(try !below.run("submit", "spec.json", environment: ["PCNLAB_HOME": ".pcnlab"]).error.contains("a new lab"))
        }
    }
}
