import Datasets
import Foundation
import Networks
import ProgramUnderTest
import Specs
import Tensors
import Testing
import Training

@Suite("export --format onnx")
struct ONNXTests {
    private static func spec(_ architecture: String, scale: String, more: String = "") -> String {
        """
        {"name": "a", "architecture": "\(architecture)", "dataset": "shapes", "train_samples": 12, "test_samples": 8, "d": 3,
         "widths": [21, 13], "input_scale": "\(scale)", "batch_size": 4, "epochs": 1, "learning_rate": 1e-3, "optimizer": "adam",
         "sweep": {"linear": ["pcn", "mlp", "low_rank"]}\(more)}
        """
    }

    /// Everything that a linear part may have.
    private static let forms = """
        , "include": [{"normalise": "layer"}, {"linear": "mlp", "normalise": "layer"}, {"linear": "sine_low_rank"},
          {"linear": "neural_field"}, {"linear": "random_features", "normalise": "layer"}, {"linear": "group_mask"},
          {"activation": "poly_relu"}, {"linear": "mlp", "structure": "parallel", "widths": [9, 8, 7], "activation": "poly_relu"},
          {"structure": "hourglass", "normalise": "layer"}]
        """
    private static let pointConvolutions = #", "include": [{"linear": "mlp", "convolution": "pcn", "epsilon": 0.3}]"#

    /// A run, its model's file, and what the engine itself makes of some test images.
    private struct Case {
        let settings: Settings
        let file: URL
        /// (B, C, side, side), 0…255
        let images: [Float]
        /// (B, y, x, C) where the network has features, else (B, C·y·x)
        let inputs: [[Float]]
        let logits: [[Float]]
    }

    /// Trains the spec's runs and exports each.
    private func cases(_ spec: String, images count: Int, _ program: Program) throws -> [Case] {
        try program.run("submit", program.spec(spec))
        try #require(try program.run("work", "--drain").status == 0)
        let dataset = try DatasetFolder(root: program.folder).load(.shapes)
        return try program.status().map { id, run in
            let settings = try JSONDecoder().decode(
                Settings.self, from: try JSONSerialization.data(withJSONObject: try #require(run["settings"])))
            let output = try program.run("export", id, "--format", "onnx")
            try #require(output.status == 0, "\(output.error)")
            let name = try #require(output.lines.first)
            #expect(name == "\(settings.model)-shapes-s1-\(id.prefix(8)).onnx")
            let data = try TrainingData(dataset, for: settings)
            let network = Network(settings.networkPlan(batch: count), capacity: count, workers: Workers(threads: 1))
            try network.load(program, run: id, epoch: 1)
            data.gather(data.test, [Int32](0..<Int32(count))[...], into: network.input(count), network.workers)
            let floats = { (matrix: Matrix) in
                (0..<count).map { Array(UnsafeBufferPointer(start: matrix.row($0), count: matrix.columns)) }
            }
            let inputs = floats(network.input(count))
            // The run's own subset, before it is resized.
            let raw = try dataset.subset(train: settings.trainSamples, test: settings.testSamples).test
            return Case(
                settings: settings, file: program.folder.appending(path: name),
                images: raw.pixels.prefix(count * raw.imageSize).map(Float.init), inputs: inputs,
                logits: floats(network.forward(count)))
        }
    }

    @Test(
        "is run by ONNX Runtime, for batches of any size, and makes the engine's own logits of raw pixels",
        .enabled(if: Python.withONNX != nil, "no Python with onnx and onnxruntime"),
        arguments: [
            ("linearnet", "standard"), ("linearnet", "raw"), ("convnet", "unit"), ("alexnet", "standard"), ("alexnet", "raw"),
            ("conv4", "unit"), ("vgg16", "standard"), ("resnet20", "unit"),
        ])
    func runtime(_ architecture: String, _ scale: String) throws {
        try Program.inNewFolder { program in
            let hasBatchNorm = ["vgg16", "resnet20"].contains(architecture)
            let more = architecture == "linearnet" ? Self.forms : hasBatchNorm ? "" : Self.pointConvolutions
            let cases = try cases(Self.spec(architecture, scale: scale, more: more), images: 8, program)
            #expect(cases.count == (architecture == "linearnet" ? 12 : hasBatchNorm ? 3 : 4))
            for one in cases {
                let numbers = (one.images + one.logits.joined()).withUnsafeBytes { Data($0) }
                try numbers.write(to: one.file.appendingPathExtension("cases"))
                let check = try Python.withONNX?.run(Self.script, [one.file.lastPathComponent], in: program.folder)
                #expect(check?.status == 0, "\(one.settings.model): \(check?.text ?? "")")
            }
        }
    }

    @Test(
        "of a graph makes the engine's own logits from the features and the adjacency, with PyTorch Geometric's names",
        .enabled(if: Python.withONNX != nil, "no Python with onnx and onnxruntime"))
    func graph() throws {
        try Program.inNewFolder { program in
            let spec = """
                {"name": "a", "architecture": "gcn", "dataset": "communities", "d": 4, "input_scale": "standard", "epochs": 2,
                 "learning_rate": 0.01, "optimizer": "adam", "sweep": {"linear": ["mlp", "pcn", "random_features"]}}
                """
            try program.run("submit", program.spec(spec))
            try #require(try program.run("work", "--drain").status == 0)
            let dataset = try DatasetFolder(root: program.folder).load(.communities), graph = try #require(dataset.graph)
            let adjacency = graph.adjacency, nodes = graph.nodes.count
            var dense = [Float](repeating: 0, count: nodes * nodes)
            for row in 0..<nodes {
                for index in Int(adjacency.starts[row])..<Int(adjacency.starts[row + 1]) {
                    dense[row * nodes + Int(adjacency.columns[index])] = adjacency.values[index]
                }
            }
            for (id, run) in try program.status() {
                let settings = try JSONDecoder().decode(
                    Settings.self, from: try JSONSerialization.data(withJSONObject: try #require(run["settings"])))
                let data = try TrainingData(dataset, for: settings)
                let network = Network(
                    settings.networkPlan(batch: nodes, adjacency: adjacency), capacity: nodes, workers: Workers(threads: 2))
                try network.load(program, run: id, epoch: 2)
                data.gather(data.test, [Int32](0..<Int32(nodes))[...], into: network.input(nodes), network.workers)
                let logits = network.forward(nodes)
                let own = (0..<nodes).flatMap { Array(UnsafeBufferPointer(start: logits.row($0), count: logits.columns)) }
                let numbers = graph.nodes.pixels.map(Float.init) + dense + own
                try numbers.withUnsafeBytes { Data($0) }.write(to: program.folder.appending(path: "cases"))
                #expect(try program.run("export", id, "--format", "onnx", "--output", "\(id).onnx").status == 0)
                let check = try Python.withONNX?.run(Self.graphScript, ["\(id).onnx", "cases"], in: program.folder)
                #expect(check?.status == 0, "\(settings.model): \(check?.text ?? "")")
            }
        }
    }

    private static let graphScript = """
        import sys, numpy, onnx, onnxruntime
        file, cases = sys.argv[1:]
        onnx.checker.check_model(onnx.load(file), full_check=True)
        numbers, n = numpy.fromfile(cases, "<f4"), 2000
        nodes, adjacency, logits = numpy.split(numbers, [n * 64, n * 64 + n * n])
        session = onnxruntime.InferenceSession(file, providers=["CPUExecutionProvider"])
        assert [i.shape for i in session.get_inputs()] == [["nodes", 64], ["nodes", "nodes"]]
        found, = session.run(["logits"], {"nodes": nodes.reshape(n, 64), "adjacency": adjacency.reshape(n, n)})
        difference = float(abs(found - logits.reshape(n, 5)).max() / max(1, abs(logits).max()))
        assert difference < 1e-4, difference
        """

    private static let script = """
        import json, sys, numpy, onnx, onnxruntime
        file = sys.argv[1]
        model = onnx.load(file)
        onnx.checker.check_model(model, full_check=True)
        properties = {entry.key: entry.value for entry in model.metadata_props}
        assert properties["run"].startswith(file[-13:-5]) and properties["epoch"] == "1", properties
        assert json.loads(properties["settings"])["dataset"] == "shapes" and len(json.loads(properties["classes"])) == 10
        session = onnxruntime.InferenceSession(file, providers=["CPUExecutionProvider"])
        assert [(i.name, i.shape, i.type) for i in session.get_inputs()] == [("images", ["batch", 3, 32, 32], "tensor(float)")]
        assert [(o.name, o.shape) for o in session.get_outputs()] == [("logits", ["batch", 10])]
        numbers = numpy.fromfile(file + ".cases", "<f4")
        images, logits = numpy.split(numbers, [8 * 3072])
        images, logits = images.reshape(8, 3, 32, 32), logits.reshape(8, 10)
        for count in [8, 1]:
            found = session.run(["logits"], {"images": images[:count]})[0]
            difference = float(abs(found - logits[:count]).max() / max(1, abs(logits).max()))
            assert difference < 1e-4, difference
        """

    @Test(
        "read back byte by byte makes the engine's own logits of raw pixels", arguments: ["raw", "standard"])
    func readBack(_ scale: String) throws {
        try Program.inNewFolder { program in
            for one in try cases(Self.spec("linearnet", scale: scale, more: Self.forms), images: 3, program) {
                let model = try ONNXReader(try Data(contentsOf: one.file))
                #expect(model.opset == 13 && model.properties["model"] == one.settings.model)
                let logits = try model.value(.init(shape: [3, 3, 32, 32], elements: one.images))
                #expect(logits.shape == [3, 10])
                expectSame(logits.elements, Array(one.logits.joined()), "\(one.settings.model)")
            }
        }
    }

    @Test("gives convolutions, their flattened features and the images' resizing as the engine has them")
    func features() throws {
        try Program.inNewFolder { program in
            let spec = Self.spec("convnet", scale: "unit", more: Self.pointConvolutions)
            for one in try cases(spec, images: 1, program) {
                let model = try ONNXReader(try Data(contentsOf: one.file))
                let logits = try model.value(.init(shape: [1, 3, 32, 32], elements: one.images))
                expectSame(logits.elements, one.logits[0], "\(one.settings.model)")
            }
        }
        try Program.inNewFolder { program in
            let spec = Self.spec("alexnet", scale: "standard").replacing(#"["pcn", "mlp", "low_rank"]"#, with: #"["low_rank"]"#)
            let one = try #require(try cases(spec, images: 1, program).first)
            let model = try ONNXReader(try Data(contentsOf: one.file))
            let resized = try model.value(.init(shape: [1, 3, 32, 32], elements: one.images), before: "Conv")
            try #require(resized.shape == [1, 3, 227, 227])
            // To the bit: the rounding of a half would show in the logits.
            let differing = (0..<3 * 227 * 227).count { index in
                let (channel, position) = (index / (227 * 227), index % (227 * 227))
                return resized.elements[index] != one.inputs[0][position * 3 + channel]
            }
            #expect(differing == 0)
        }
    }

    private func expectSame(_ found: [Float], _ expected: [Float], _ name: String) {
        let scale = max(1, expected.map(abs).max() ?? 0)
        let difference = zip(found, expected).map { abs($0 - $1) }.max() ?? .infinity
        #expect(found.count == expected.count && difference / scale < 1e-4, "\(name): \(difference) of \(scale)")
    }

    @Test("needs the data set only of a run whose scale depends on it, and says how to get it")
    func withoutData() throws {
        try Program.inNewFolder { program in
            try DataFileTests.writeMNIST(program)
            let spec = Self.spec("linearnet", scale: "raw").replacing("shapes", with: "mnist")
                .replacing(#""input_scale": "raw", "#, with: "").replacing(
                    #""linear": ["#, with: #""input_scale": ["raw", "standard"], "linear": ["#)
            try program.run("submit", program.spec(spec))
            #expect(try program.run("work", "--drain").status == 0)
            try FileManager.default.removeItem(at: program.folder.appending(path: "datasets"))
            for (id, run) in try program.status() {
                let settings = try #require(run["settings"] as? [String: Any])
                let output = try program.run("export", id, "--format", "onnx", "--output", "\(id).onnx")
                if settings["input_scale"] as? String == "raw" {
                    let model = try ONNXReader(try Data(contentsOf: program.folder.appending(path: "\(id).onnx")))
                    #expect(output.status == 0 && model.nodes.first?.operation == "Flatten", "\(output)")
                } else {
                    #expect(output.status == 66 && output.error.contains("pcnlab data fetch mnist"), "\(output)")
                }
            }
        }
    }
}
