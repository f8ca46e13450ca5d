import Foundation
import GRDB
import ProgramUnderTest
import Testing

@Suite("doctor") struct DoctorTests {
    private static let spec = smallSpec("a", epochs: 4, more: #", "checkpoint_every": 1"#)

    /// A lab whose runs are completed, and the results that they have.
    private static func trained(_ body: (Program, _ results: [String: String]) throws -> Void) throws {
        try Program.inNewFolder { program in
            try program.run("submit", program.spec(spec))
            try program.run("work", "--drain")
            try body(program, program.results())
        }
    }

    @Test("names each kind of damage and what to do; --repair does it, or says why not", arguments: DamagedLab.all)
    func damaged(_ kind: DamagedLab) throws {
        try Self.trained { program, results in
            // The last run is not finished.
            try program.run("submit", program.spec(smallSpec("b", epochs: 4, samples: 500)))
            try kind.harm(program)

            let examined = try program.run("doctor")
            #expect(
                examined.status == 65 && examined.out.contains(kind.name) && examined.out.contains(kind.remedy), "\(examined)")
            #expect(try program.run("doctor").out == examined.out, "to look changes nothing")

            let repaired = try program.run("doctor", "--repair")
            #expect(repaired.status == (kind.isRepaired ? 0 : 65) && repaired.out.contains(kind.name), "\(repaired)")
            #expect(repaired.out.contains("→ repaired: ") == kind.isRepaired, "\(repaired)")
            let again = try program.run("doctor")
            #expect(again.status == repaired.status && !again.out.contains(kind.name) == kind.isRepaired, "\(again)")
            guard kind.isRepaired else { return }

            #expect(try program.run("work", "--drain").status == 0)
            let after = try program.results().filter { results[$0.key] != nil }
            let isSame = after.allSatisfy { results[$0.key] == $0.value || !kind.keepsRuns && $0.value.hasPrefix("<null>") }
            #expect(isSame && (after.count == results.count || !kind.keepsRuns))
        }
    }

    @Test("touches nothing that this program has not made: a user's files, what a link leads to, checkpoints it does not know")
    func others() throws {
        try Self.trained { program, results in
            let checkpoints = program.lab.appending(path: "checkpoints"), run = try #require(results.keys.sorted().first)
            let files = [
                "../outside/thesis.tex", "../outside/e1-b0-a1.safetensors", "mine/best.safetensors", "\(run)/notes.txt",
                "\(run)/e4-b0-a1.safetensors.bak", "\(run)/e999-b0-a9.safetensors", "0123456789abcdef/e1-b0-a1.safetensors",
            ].map { checkpoints.appending(path: $0) }
            for file in files {
                try FileManager.default.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
                try Data("x".utf8).write(to: file)
            }
            try FileManager.default.createSymbolicLink(
                at: checkpoints.appending(path: "fedcba9876543210"), withDestinationURL: program.lab.appending(path: "outside"))
            let output = try program.run("doctor", "--repair")
            #expect(output.status == 0 && output.out.contains("2 checkpoints are not in the database"), "\(output)")
            for file in files { #expect(FileManager.default.fileExists(atPath: file.path), "\(file.path)") }
        }
    }

    @Test("a run that cannot be read is named, and hides no other from status and report")
    func unreadable() throws {
        try Self.trained { program, results in
            let database = try DatabaseQueue(path: program.lab.appending(path: "pcnlab.sqlite").path)
            try database.write { try $0.execute(sql: "UPDATE runs SET settings = '{' WHERE number = 2") }
            try database.close()
            for command in ["status", "report"] {
                let output = try program.run(command)
                #expect(output.status == 0 && output.error.contains("cannot be read"), "\(output)")
                #expect(output.out.contains("LinearNet-PCN16") && output.out.contains("LinearNet-LowRank16"), "\(output)")
            }
        }
    }

    @Test("a completed run whose weights were lost is trained to the same bits again once it is retried")
    func weights() throws {
        try Self.trained { program, results in
            let ids = results.keys.sorted()
            try FileManager.default.removeItem(at: program.lab.appending(path: "checkpoints/\(ids[0])"))
            let export = try program.run("export", ids[0])
            #expect(export.status != 0 && export.error.contains("pcnlab retry"), "\(export)")
            #expect(try program.run("doctor", "--repair").status == 0)
            #expect(try program.run("retry", ids[0], ids[1]).status == 64, "the other one's weights are whole")
            #expect(try program.run("retry", ids[0]).status == 0)
            #expect(try program.run("work", "--drain").status == 0)
            #expect(try program.results() == results)
            #expect(try program.run("export", ids[0]).status == 0)
        }
    }

    @Test("leaves a lab that is at work alone: its half-written files, its runs, its rows")
    func atWork() throws {
        try Program.inNewFolder { program in
            try program.run("submit", program.spec(smallSpec("a", epochs: 60, samples: 2000, more: #", "checkpoint_every": 1"#)))
            let work = try program.start(["work", "--drain", "--workers", "2", "--threads", "1"])
            defer { kill(work.process.processIdentifier, SIGKILL) }
            try until { try program.status().values.contains { $0["epoch"] as? Int ?? 0 > 0 } }
            for _ in 1...5 {
                let output = try program.run("doctor", "--repair")
                #expect(output.status == 0 && !output.out.contains("repaired"), "\(output)")
            }
            kill(work.process.processIdentifier, SIGKILL)
            work.process.waitUntilExit()
            #expect(try program.run("work", "--drain").status == 0)
        }
    }

    @Test("is what a worker names when the database cannot be read: it ends, and does not wait for ever")
    func worker() throws {
        try Self.trained { program, _ in
            try program.run("submit", program.spec(smallSpec("b", epochs: 4)))
            try #require(DamagedLab.all.first { $0.description.contains("cut off") }).harm(program)
            let work = try program.run("work", "--drain")
            #expect(work.status == 65 && work.error.contains("`pcnlab doctor`"), "\(work)")
        }
    }

    @Test("does not touch a damaged database that a worker has open")
    func open() throws {
        try Self.trained { program, _ in
            try program.run("submit", program.spec(smallSpec("b", epochs: 400, samples: 4000)))
            let file = program.lab.appending(path: "pcnlab.sqlite")
            let work = try program.start(["work"])
            defer { kill(work.process.processIdentifier, SIGKILL) }
            let handle = try FileHandle(forWritingTo: file)
            try until { try program.status().values.contains { $0["state"] as? String == "running" } }
            let size = try handle.seekToEnd()
            try handle.truncate(atOffset: size / 2)
            let output = try program.run("doctor", "--repair")
            #expect(output.status == 65 && output.out.contains("end all workers first"), "\(output)")
            #expect(try FileManager.default.contentsOfDirectory(atPath: program.lab.path).allSatisfy { !$0.contains("damaged") })
        }
    }
}
