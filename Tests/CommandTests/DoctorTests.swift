import Foundation
import GRDB
import Operations
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
            // It would see the damage and end before doctor looks.
            try program.suspend(work)
            let size = try handle.seekToEnd()
            try handle.truncate(atOffset: size / 2)
            let output = try program.run("doctor", "--repair")
            #expect(output.status == 65 && output.out.contains("end all workers first"), "\(output)")
            #expect(try FileManager.default.contentsOfDirectory(atPath: program.lab.path).allSatisfy { !$0.contains("damaged") })
        }
    }

    /// The findings of `doctor --json` about clusters, with the fine ones marked.
    private static func cluster(_ program: Program, _ path: String? = nil, _ subject: String = "cluster") throws -> [String] {
        let output = try program.run("doctor", "--json", environment: path.map { ["PATH": $0] } ?? [:])
        let all = try JSONSerialization.jsonObject(with: Data(output.out.utf8)) as? [[String: Any]] ?? []
        return all.filter { $0["subject"] as? String == subject }.map { one in
            "\(one["is_fine"] as? Bool == true ? "ok" : "!!") \(one["detail"] ?? "")"
                + ((one["remedy"] as? String).map { " → \($0)" } ?? "")
        }
    }

    @Test("says nothing of clusters where none is used, and of one every fault in cluster.json: 65")
    func clusterFile() throws {
        try Program.inNewFolder { program in
            try program.run("submit", program.spec(Self.spec))
            #expect(try Self.cluster(program) == [])
            try Data("{\"cpu\": 2,\n \"engine\": \"pbs\"}".utf8).write(to: program.lab.appending(path: "cluster.json"))
            let output = try program.run("doctor")
            #expect(output.status == 65 && output.out.contains("→ correct the line"), "\(output)")
            let faults = try Self.cluster(program, nil, "lab").filter { $0.hasPrefix("!!") }
            #expect(
                faults.count == 2 && faults[0].contains("cluster.json:1:2: cpu: no such field; did you mean \"cpus\"?"),
                "\(faults)")
            #expect(faults[1].contains("cluster.json:2:12: engine: unknown value \"pbs\""), "\(faults)")
        }
    }

    @Test("says whether the engine of queued runs answers, and what to do where it does not")
    func engines() throws {
        try Program.inNewFolder { program in
            try program.run("submit", "--on", "manual", program.spec(Self.spec))
            let manual = try Self.cluster(program)
            #expect(
                manual.count == 2 && manual.allSatisfy { $0.hasPrefix("ok ") } && manual[0].hasSuffix("/cluster"), "\(manual)")
            #expect(manual[1].hasSuffix("manual: a person or another batch system runs `pcnlab train`"))

            try Data(#"{"engine": "slurm"}"#.utf8).write(to: program.lab.appending(path: "cluster.json"))
            // A squeue that does what the test wants.
            let folder = program.folder.appending(path: "bin"), squeue = folder.appending(path: "squeue")
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
            func answer(_ script: String) throws -> [String] {
                try Data("#!/bin/sh\n\(script)\n".utf8).write(to: squeue)
                try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: squeue.path)
                return try Self.cluster(program, folder.path)
            }
            let missing = try Self.cluster(program, folder.path)
            #expect(
                missing.count == 3 && missing[1].hasPrefix("!! the programs of slurm are not on this machine → "), "\(missing)")
            let away = try answer("echo 'squeue: error: Unable to contact slurm controller (connect failure)' >&2; exit 1")
            #expect(
                away[1].hasPrefix(
                    "!! slurm does not answer: squeue: Unable to contact slurm controller (connect failure) → its jobs go on"))
            let there = try answer("printf '12_0|RUNNING|None|t|n1\\n12_1|PENDING|Resources|t|\\n12_2|PENDING|Resources|t|\\n'")
            #expect(there[1] == "ok slurm answers; jobs of this lab: 1 running, 2 waiting", "\(there)")
            // Nothing is known of the folder yet: other machines may not see it.
            #expect(
                there[0].hasPrefix("!! ") && there[0].contains("→ if other machines are the nodes: set folder in cluster.json"),
                "\(there)")
            let database = try DatabaseQueue(path: program.lab.appending(path: "pcnlab.sqlite").path)
            try database.write { db in
                try db.execute(
                    sql: """
                        INSERT INTO nodes (engine, name, arithmetic, quick_deaths, excluded_at)
                        VALUES ('slurm', 'n1', 'A', 0, NULL), ('slurm', 'n2', 'B', 2, ?), ('slurm', 'n3', 'A', 2, 1000)
                        """, arguments: [Int64(Date().timeIntervalSince1970 * 1000) - 3_600_000])
            }
            try database.close()
            let nodes = try answer("true")
            #expect(
                nodes.count == 5 && nodes[0].hasPrefix("ok ") && nodes[1] == "ok slurm answers; jobs of this lab: none",
                "\(nodes)")
            #expect(
                nodes[2].hasPrefix("!! no job is sent to n2 for a day from ") && nodes[2].contains("jobs died there"), "\(nodes)")
            #expect(nodes[3] == "ok nodes of slurm compute differently, and a run stays on those alike: n1, n3 with A; n2 with B")
            // A service asks no engine: whoever sees its page could keep that busy.
            let service = ClusterExamination(folder: program.lab, asksEngines: false).findings().map(\.detail)
            #expect(service.count == 3 && !service.contains { $0.contains("answer") }, "\(service)")
        }
    }

    @Test("finds a network's file system right for the folder that nodes share")
    func sharedFolder() throws {
        try Program.inNewFolder { program in
            try program.run("submit", program.spec(Self.spec))
            func finding(_ settings: String, _ network: @escaping (URL) -> String?) throws -> Finding? {
                try Data(settings.utf8).write(to: program.lab.appending(path: "cluster.json"))
                return ClusterExamination(folder: program.lab, asksEngines: false, network: network).findings().first
            }
            let both = try finding("{}") { _ in "nfs4" }
            #expect(
                both?.isFine == true
                    && both?.detail.hasSuffix(
                        "/cluster, on nfs4; only this folder has to be shared, the lab's own is better on a local disk") == true
            )
            let one = try finding(#"{"folder": "\#(program.folder.path)/shared"}"#) {
                $0.path.hasSuffix("/shared") ? "lustre" : nil
            }
            #expect(one?.isFine == true && one?.detail.hasSuffix("/shared, on lustre") == true)
            #expect(try finding("{}") { _ in nil }?.isFine == false)
            #expect(try finding(#"{"engine": "local"}"#) { _ in nil }?.isFine == true)
        }
    }
}
