import Foundation
import ProgramUnderTest
import Testing

@Suite("The files of a data set") struct DataFileTests {
    /// MNIST in its official layout, all black, all of class 0: files with holes, which take no room.
    static func writeMNIST(_ program: Program) throws {
        let folder = program.folder.appending(path: "datasets/mnist")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        for (prefix, count) in [("train", 60_000), ("t10k", 10_000)] {
            for (kind, sizes) in [("images-idx3", [count, 28, 28]), ("labels-idx1", [count])] {
                let file = folder.appending(path: "\(prefix)-\(kind)-ubyte")
                let header = Data([0, 0, 8, UInt8(sizes.count)] + sizes.flatMap(bigEndian))
                try header.write(to: file)
                let handle = try FileHandle(forWritingTo: file)
                try handle.truncate(atOffset: UInt64(header.count + sizes.reduce(1, *)))
                try handle.close()
            }
        }
    }

    private static func bigEndian(_ number: Int) -> [UInt8] {
        [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: number >> $0) }
    }

    private static let spec = """
        {"name": "a", "architecture": "linearnet", "dataset": "mnist", "train_samples": 200, "test_samples": 40, "d": 3,
         "widths": [16], "epochs": 3, "batch_size": 50}
        """

    @Test(
        "changed or cut while a run waits for its worker are noticed, by name, and the run waits; put back, it ends at the same bits",
        arguments: [true, false])
    func changed(_ isCut: Bool) throws {
        try Program.inNewFolder { program in
            try Self.writeMNIST(program)
            #expect(try program.run("submit", program.spec(Self.spec)).status == 0)
            try program.run("work", "--drain")
            let expected = try program.results()
            try FileManager.default.removeItem(at: program.lab)

            let id = String(try #require(try program.run("submit", "spec.json").lines.first).prefix(16))
            let handle = try FileHandle(forUpdating: program.folder.appending(path: "datasets/mnist/train-images-idx3-ubyte"))
            let size = try handle.seekToEnd()
            if isCut {
                try handle.truncate(atOffset: size / 2)
            } else {
                try handle.seek(toOffset: size / 2)
                try handle.write(contentsOf: Data([0x40]))
            }
            let work = try program.run("work", "--drain")
            #expect(work.status == 66, "\(work)")
            #expect(work.error.contains("runs of mnist wait: ") && work.error.contains("1 of the runs wait for their data"))
            let run = try #require(try program.status()[id])
            #expect(run["state"] as? String == "queued" && run["attempts"] as? Int == 0)
            let error = try #require(run["error"] as? String)
            let folder = program.folder.appending(path: "datasets").path
            #expect(
                error.hasPrefix("waits for its data: \(folder)")
                    && error.contains(isCut ? "train-images-idx3-ubyte: is truncated" : "the files of mnist are not those"),
                "\(error)")
            for shown in [["status"], ["status", id]] { #expect(try program.start(shown).finish().out.contains(error)) }

            if isCut {
                try handle.truncate(atOffset: size)
            } else {
                try handle.seek(toOffset: size / 2)
                try handle.write(contentsOf: Data([0]))
            }
            #expect(try program.run("work", "--drain").status == 0)
            #expect(try program.results() == expected)
        }
    }

    private static let both = """
        {"name": "a", "architecture": "linearnet", "d": 3, "widths": [16], "epochs": 2, "batch_size": 50, "train_samples": 200,
         "test_samples": 40, "sweep": {"dataset": ["mnist", "shapes"], "seed": [1, 2]}}
        """

    @Test("missing: the worker trains the other runs, names data set and folder once, leaves the runs queued and ends with 66")
    func missing() throws {
        try Program.inNewFolder { program in
            try Self.writeMNIST(program)
            #expect(try program.run("submit", program.spec(Self.both)).status == 0)
            let elsewhere = ["PCNLAB_DATASETS": "/nowhere"]
            let work = try program.start(["work", "--drain", "--workers", "2"], environment: elsewhere).finish()
            #expect(work.status == 66, "\(work.error)")
            let sentence = "runs of mnist wait: /nowhere: mnist is missing"
            #expect(work.error.components(separatedBy: sentence).count == 2, "\(work.error)")
            #expect(work.error.contains("2 of the runs wait for their data"))
            let runs = try program.status().values
            for run in runs {
                let isHere = run["dataset"] as? String == "shapes"
                #expect(run["state"] as? String == (isHere ? "completed" : "queued"))
                #expect(run["attempts"] as? Int == (isHere ? 1 : 0))
            }
            #expect(try program.run("status").out.contains(" and 1 more: waits for its data: /nowhere: mnist is missing"))
            #expect(try program.run("work", "--drain").status == 0)
            #expect(try program.status().values.allSatisfy { $0["state"] as? String == "completed" && $0["error"] is NSNull })
        }
    }

    @Test("that come while a worker waits for them are noticed")
    func mounted() throws {
        try Program.inNewFolder { program in
            try Self.writeMNIST(program)
            #expect(try program.run("submit", program.spec(Self.spec)).status == 0)
            let datasets = program.folder.appending(path: "datasets"), away = program.folder.appending(path: "away")
            try FileManager.default.moveItem(at: datasets, to: away)
            let work = try program.start(["work"])
            try until {
                try program.status().values.allSatisfy { ($0["error"] as? String)?.contains("mnist is missing") == true }
            }
            try FileManager.default.moveItem(at: away, to: datasets)
            try until { try program.status().values.allSatisfy { $0["state"] as? String == "completed" } }
            work.process.terminate()
            #expect(try work.finish().error.contains("mnist is there"))
        }
    }
}
