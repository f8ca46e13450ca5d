import Foundation
import ProgramUnderTest
import Testing

@Suite("The files of a data set") struct DataFileTests {
    /// MNIST in its official layout, all black, all of class 0: files with holes, which take no room.
    private static func writeMNIST(_ program: Program) throws {
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
        "changed or cut while a run waits for its worker are noticed, by name; put back, the run ends at the same bits",
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
            #expect(work.status == 1)
            let error = try #require(try program.status()[id]?["error"] as? String)
            #expect(
                error.contains(isCut ? "train-images-idx3-ubyte: is truncated" : "the files of mnist are not those"), "\(error)")

            if isCut {
                try handle.truncate(atOffset: size)
            } else {
                try handle.seek(toOffset: size / 2)
                try handle.write(contentsOf: Data([0]))
            }
            #expect(try program.run("retry", id).status == 0)
            #expect(try program.run("work", "--drain").status == 0)
            #expect(try program.results() == expected)
        }
    }
}
