import Archives
import Foundation
import ProgramUnderTest
import Testing

@Suite("The page about data")
struct DataPageTests {
    private static let root = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    @Test("has commands that all end well, over its own spec")
    func commands() throws {
        let page = try String(contentsOf: Self.root.appending(path: "docs/data.md"), encoding: .utf8)
        #expect(try String(contentsOf: Self.root.appending(path: "README.md"), encoding: .utf8).contains("](docs/data.md)"))
        let commands = page.split(separator: "\n").filter { $0.hasPrefix("$ pcnlab ") }
            .map { $0.dropFirst("$ pcnlab ".count).split(separator: " ").map(String.init) }
        try #require(commands.count >= 10)
        let spec = try #require(page.components(separatedBy: "```").first { $0.hasPrefix("json\n") }).dropFirst("json\n".count)
        try Program.inNewFolder { program in
            try Colours.write(to: program.folder.appending(path: "digits/data.npz"))
            _ = try program.spec(String(spec), "digits.json")
            let graphs = "experiments/graphs.json"
            try FileManager.default.createDirectory(
                at: program.folder.appending(path: "experiments"), withIntermediateDirectories: true)
            try FileManager.default.copyItem(at: Self.root.appending(path: graphs), to: program.folder.appending(path: graphs))
            try Data(Colours.picture(1)).write(to: program.folder.appending(path: "picture.png"))
            var run = ""
            for command in commands {
                let output = try program.start(command.map { $0 == "RUN" ? run : $0 }).finish()
                #expect(output.status == 0, "\(command): \(output.error)")
                #expect(
                    !output.out.isEmpty || command[0] == "work" || command.contains("--output"), "\(command) prints something")
                if command == ["submit", "digits.json"] { run = String(try #require(output.lines.first).prefix(8)) }
            }
            for file in ["confusion.csv", "plots"] {
                #expect(FileManager.default.fileExists(atPath: program.folder.appending(path: file).path))
            }
        }
    }
}

/// A data set that any network learns: each image has more of one colour.
enum Colours {
    /// Images (N, 6, 6, 3) with their labels.
    static func images(_ count: Int) -> (pixels: [UInt8], labels: [UInt8]) {
        let labels = (0..<count).map { UInt8($0 * 7 % 3) }
        let pixels = labels.enumerated().flatMap { image, label in
            (0..<108).map { place -> UInt8 in
                let noise = UInt8((place * 31 + image * 17) % 60)
                return place % 3 == Int(label) ? noise + 140 : noise
            }
        }
        return (pixels, labels)
    }

    static let train = images(240), test = images(60)

    /// One NumPy archive.
    static func write(to file: URL) throws {
        try FileManager.default.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
        let archive = zip([
            ("x_train.npy", npy([240, 6, 6, 3], train.pixels)), ("y_train.npy", npy([240], train.labels)),
            ("x_test.npy", npy([60, 6, 6, 3], test.pixels)), ("y_test.npy", npy([60], test.labels)),
        ])
        try Data(archive).write(to: file)
    }

    /// The same as IDX files.
    static func writeIDX(to folder: URL) throws {
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        for (name, bytes) in [
            ("train-images-idx4-ubyte", idxHeader([240, 6, 6, 3]) + train.pixels),
            ("train-labels-idx1-ubyte", idxHeader([240]) + train.labels),
            ("t10k-images-idx4-ubyte", idxHeader([60, 6, 6, 3]) + test.pixels),
            ("t10k-labels-idx1-ubyte", idxHeader([60]) + test.labels),
        ] {
            try Data(bytes).write(to: folder.appending(path: name))
        }
    }

    /// A PNG of another size and shape in one colour.
    static func picture(_ label: Int) -> [UInt8] {
        let line = (0..<20).flatMap { _ in (0..<3).map { $0 == label ? UInt8(170) : 30 } }
        return png(width: 20, height: 14, colourType: 2, lines: [[UInt8]](repeating: line, count: 14))
    }

    /// Runs on the folder `data` beside the spec.
    static func spec(_ data: String, more: String = "") -> String {
        """
        {"name": "own", "architecture": "linearnet", "linear": "mlp", "dataset": "path:\(data)", "input_scale": "standard",
         "widths": [16], "epochs": 6, "batch_size": 20, "learning_rate": 1e-2, "optimizer": "adam"\(more)}
        """
    }
}
