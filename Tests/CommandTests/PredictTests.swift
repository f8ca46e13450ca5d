import Archives
import Foundation
import ProgramUnderTest
import Testing

@Suite("Predictions of a run")
struct PredictTests {
    /// A trained run on the colours.
    private static func train(_ program: Program) throws -> String {
        let data = program.folder.appending(path: "colours")
        try Colours.writeIDX(to: data)
        try Data("red\ngreen\nblue\n".utf8).write(to: data.appending(path: "classes.txt"))
        let id = String(try #require(try program.run("submit", program.spec(Colours.spec("colours"))).lines.first).prefix(16))
        #expect(try program.run("work", "--drain").status == 0)
        return id
    }

    @Test("name the class of each picture, PNG or IDX, with its probability and the runner-up")
    func predict() throws {
        try Program.inNewFolder { program in
            let id = try Self.train(program)
            let files = (0..<3).map { "\($0).png" }
            for label in 0..<3 { try Data(Colours.picture(label)).write(to: program.folder.appending(path: files[label])) }
            let text = try program.start(["predict", String(id.prefix(8))] + files).finish()
            #expect(text.status == 0 && text.error.contains("LinearNet-MLP on colours, seed 1, after epoch 6"), "\(text.error)")
            #expect(zip(text.lines.dropFirst(), ["red", "green", "blue"]).allSatisfy { $0.contains("  \($1) ") }, "\(text.out)")
            let json = try program.start(["predict", id, "--json"] + files).finish()
            let list = try #require(try JSONSerialization.jsonObject(with: Data(json.out.utf8)) as? [[String: Any]])
            #expect(
                list.map { $0["class_name"] as? String } == ["red", "green", "blue"]
                    && list.map { $0["label"] as? Int } == [0, 1, 2])
            for line in list {
                let shares = ["probability", "second_probability"].map { line[$0] as? Double ?? 0 }
                #expect(shares[0] > 0.5 && shares[0] + shares[1] <= 1.000001 && shares[1] > 0)
            }
            let idx = try program.run("predict", id, "colours/t10k-images-idx4-ubyte", "--json")
            let images = try #require(try JSONSerialization.jsonObject(with: Data(idx.out.utf8)) as? [[String: Any]])
            #expect(images.count == 60 && images[59]["file"] as? String == "colours/t10k-images-idx4-ubyte[59]")
            let right = zip(images, Colours.test.labels).count { $0["label"] as? Int == Int($1) }
            // The network sees the images as in training: the recorded accuracy is that of these predictions.
            #expect(Double(right) / 60 == (try #require(try program.status()[id])["final_test_accuracy"] as? Double))
        }
    }

    @Test("are made at the size that the network reads, halved or by convolutions", arguments: ["linearnet", "convnet"])
    func sizes(_ architecture: String) throws {
        try Program.inNewFolder { program in
            let spec = """
                {"name": "s", "architecture": "\(architecture)", "linear": "mlp", "dataset": "shapes", "train_samples": 60, "epochs": 1,
                 "test_samples": 40, "widths": [8], "input_scale": "standard", "batch_size": 20, "learning_rate": 1e-3,
                 "optimizer": "adam"}
                """
            let id = String(try #require(try program.run("submit", program.spec(spec)).lines.first).prefix(16))
            try program.run("work", "--drain")
            try Data(Colours.picture(0)).write(to: program.folder.appending(path: "a.png"))
            let line = try program.run("predict", id, "a.png")
            #expect(line.status == 0 && line.lines.count == 2, "\(line)")
            let json = try program.run("report", "--confusion", id, "--format", "json").out
            let matrix = try #require(try JSONSerialization.jsonObject(with: Data(json.utf8)) as? [String: Any])
            let final = try #require(try program.status()[id])["final_test_accuracy"] as? Double
            #expect(matrix["total"] as? Int == 40 && matrix["accuracy"] as? Double == final)
        }
    }

    @Test("of files that cannot be read are errors by name, after those of the others")
    func faults() throws {
        try Program.inNewFolder { program in
            let id = try Self.train(program)
            try Data(Colours.picture(2)).write(to: program.folder.appending(path: "a.png"))
            try Data(Colours.picture(2).dropLast(20)).write(to: program.folder.appending(path: "cut.png"))
            let output = try program.run("predict", id, "cut.png", "spec.json", "a.png")
            #expect(output.status == 65 && output.lines.count == 2 && output.lines[1].contains("blue"))
            #expect(
                output.error.contains("cut.png: is truncated")
                    && output.error.contains("spec.json: is neither a PNG nor an IDX file"))
            #expect(try program.run("predict", id, "none.png").status == 66)
            #expect(try program.run("predict", "ffff", "a.png").status == 64)
            #expect(try program.run("predict", id).status == 64)
        }
    }

    @Test("of the test images are counted by report --confusion, as text, CSV, JSON and a picture")
    func confusion() throws {
        try Program.inNewFolder { program in
            let id = try Self.train(program)
            let text = try program.run("report", "--confusion", id, "--plots", "plots")
            #expect(
                text.status == 0 && text.out.contains("| actual \\ predicted |   red |"), "\(text.out)")
            let csv = try program.run("report", "--confusion", id, "--format", "csv").lines.map { $0.split(separator: ",") }
            #expect(csv[0] == ["class", "red", "green", "blue"] && csv.count == 4)
            let counts = csv.dropFirst().map { $0.dropFirst().compactMap { Int($0) } }
            #expect(counts.map { $0.reduce(0, +) } == [20, 20, 20])
            let json = try program.run("report", "--confusion", id, "--format", "json").out
            let matrix = try #require(try JSONSerialization.jsonObject(with: Data(json.utf8)) as? [String: Any])
            #expect(matrix["counts"] as? [[Int]] == counts)
            let final = try #require(try program.status()[id])["final_test_accuracy"] as? Double
            #expect(matrix["accuracy"] as? Double == final)
            let svg = program.folder.appending(path: "plots/LinearNet-MLP-colours-s1-\(id.prefix(8))-confusion.svg")
            #expect(try String(contentsOf: svg, encoding: .utf8).contains("red taken for red: 20"))
            #expect(try program.run("report", "--confusion", id, "--format", "latex").status == 64)
            #expect(try program.run("report", "--confusion", id, "--experiment", "own").status == 64)
        }
    }
}
