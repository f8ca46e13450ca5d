import Datasets
import Foundation
import Networks
import Operations
import ProgramUnderTest
import Specs
import Tensors
import Testing
import Training

@Suite("export")
struct ExportTests {
    private static let spec = """
        {"name": "a", "architecture": "linearnet", "dataset": "shapes", "train_samples": 300, "test_samples": 100,
         "widths": [65, 47], "d": 7, "input_scale": "standard", "batch_size": 50, "optimizer": "adam", "learning_rate": 1e-3,
         "epochs": 2, "sweep": {"linear": ["pcn", "mlp", "low_rank"]},
         "include": [{"distance": "dot", "wave": "sine", "epsilon": 0.7}, {"distance": "squared", "lambda": 3}]}
        """

    /// A lab in which the spec's runs are trained.
    private func inLab(_ body: (Program) throws -> Void) throws {
        try Program.inNewFolder { program in
            try program.run("submit", program.spec(Self.spec))
            try #require(try program.run("work", "--drain").status == 0)
            try body(program)
        }
    }

    @Test(
        "gives PyTorch and NumPy weights that make the engine's own logits, as stored and expanded, for every linear part",
        .enabled(if: Python.withTorch != nil, "no Python with torch"))
    func logits() throws {
        try inLab { program in
            var arguments: [String] = []
            for (id, run) in try program.status() {
                let settings = try JSONDecoder().decode(
                    Settings.self, from: try JSONSerialization.data(withJSONObject: try #require(run["settings"])))
                let cases = program.folder.appending(path: "cases-\(id).safetensors")
                try ownLogits(settings, of: id, program).write(to: cases)
                for format in WeightFormat.all.filter({ !$0.isModel }).map(\.name) {
                    for expand in [[], ["--expand"]] {
                        let output = try program.start(["export", id, "--format", format] + expand).finish()
                        #expect(output.status == 0, "\(output.error)")
                        arguments += [try #require(output.lines.first), cases.lastPathComponent, id]
                    }
                }
            }
            #expect(arguments.count == 3 * 5 * 2 * 2)
            let check = try Python.withTorch?.run(Self.script, arguments, in: program.folder)
            #expect(check?.status == 0, "\(check?.text ?? "")")
        }
    }

    /// A file with inputs (B, n) and the logits (B, classes) that the engine makes of them with the run's checkpoint.
    private func ownLogits(_ settings: Settings, of id: String, _ program: Program) throws -> Data {
        let data = try TrainingData(DatasetFolder(root: program.folder).load(.shapes), for: settings)
        let network = Network(settings.networkPlan(batch: 40), capacity: 40, workers: Workers(threads: 1))
        try network.load(program, run: id, epoch: 2)
        data.test.gather([Int32](0..<40)[...], data.scale, into: network.input(40))
        let inputs = network.input(40), logits = network.forward(40)
        let tensors = [("inputs", inputs), ("logits", logits)].map { name, matrix in
            let tensor = Tensor(matrix.rows, matrix.columns)
            for row in 0..<matrix.rows { tensor.matrix.row(row).update(from: matrix.row(row), count: matrix.columns) }
            return (name, tensor)
        }
        return Safetensors.encode(tensors, metadata: [:])
    }

    /// Reads a file of weights, builds the modules that its metadata name, and compares their logits.
    private static let script = """
        import json, math, struct, sys, numpy, torch
        def read(path):
            if path.endswith(".npz"):
                arrays = dict(numpy.load(path))
                return arrays, json.loads(str(arrays.pop("__metadata__")))
            data = open(path, "rb").read()
            size, = struct.unpack("<Q", data[:8])
            header = json.loads(data[8:8 + size])
            metadata = header.pop("__metadata__", {})
            arrays = {}
            for name, entry in header.items():
                start, end = entry["data_offsets"]
                assert entry["dtype"] == "F32"
                arrays[name] = numpy.frombuffer(data[8 + size:][start:end], "<f4").reshape(entry["shape"])
            return arrays, metadata
        def check(file, cases, run):
            arrays, metadata = read(file)
            assert metadata["run"] == run and metadata["epoch"] == "2" and metadata["state"] == "completed", metadata
            settings = json.loads(metadata["settings"])
            widths = [int(width) for width in metadata["widths"].split()]
            assert widths == [768, 65, 47, 10]
            class Dense(torch.nn.Module):
                def __init__(self):
                    super().__init__()
                    self.linear = torch.nn.ModuleList(torch.nn.Linear(n, m) for n, m in zip(widths, widths[1:]))
                def weights(self): return [layer.weight.T for layer in self.linear]
                def biases(self): return [layer.bias for layer in self.linear]
            class LowRankLayer(torch.nn.Module):
                def __init__(self, n, m):
                    super().__init__()
                    self.u, self.v = torch.nn.Parameter(torch.empty(n, 7)), torch.nn.Parameter(torch.empty(m, 7))
                    self.bias = torch.nn.Parameter(torch.empty(m))
            class LowRank(torch.nn.Module):
                def __init__(self):
                    super().__init__()
                    self.linear = torch.nn.ModuleList(LowRankLayer(n, m) for n, m in zip(widths, widths[1:]))
                def weights(self): return [layer.u @ layer.v.T for layer in self.linear]
                def biases(self): return [layer.bias for layer in self.linear]
            class PointCloud(torch.nn.Module):
                def __init__(self):
                    super().__init__()
                    self.linear = torch.nn.Module()
                    self.linear.positions = torch.nn.ParameterList(torch.empty(n, 7) for n in widths)
                    self.linear.biases = torch.nn.ParameterList(torch.empty(m) for m in widths[1:])
                def weights(self): return [self.F(a, b) for a, b in zip(self.linear.positions, self.linear.positions[1:])]
                def biases(self): return self.linear.biases
                def F(self, a, b):
                    l, e = settings["lambda"], settings["epsilon"]
                    differences = a[:, None, :] - b[None, :, :]
                    z = {"euclidean": lambda: differences.square().sum(2).sqrt(), "squared": lambda: differences.square().sum(2),
                         "dot": lambda: a @ b.T}[settings["distance"]]()
                    if settings["wave"] == "sine": return -l / 2 * torch.cos(math.pi * z / e) / math.sqrt(len(a))
                    return l / e * (e - (z % (2 * e) - e).abs() - e / 2) / math.sqrt(len(a))
            model = {"mlp": Dense, "pcn": PointCloud, "low_rank": LowRank}[metadata["linear"]]()
            model.load_state_dict({name: torch.from_numpy(array.copy()) for name, array in arrays.items()})
            cases, _ = read(cases)
            x = torch.from_numpy(cases["inputs"].copy())
            with torch.no_grad():
                for index, (weight, bias) in enumerate(zip(model.weights(), model.biases())):
                    x = x @ weight + bias
                    if index < len(widths) - 2: x = x.relu()
            logits = torch.from_numpy(cases["logits"].copy())
            difference = ((x - logits).abs().max() / logits.abs().max()).item()
            assert difference < 1e-4, (file, difference)
            try:
                from safetensors.torch import load_file
            except ImportError:
                return
            if file.endswith(".safetensors"):
                theirs = load_file(file)
                assert theirs.keys() == arrays.keys() and all((theirs[name].numpy() == arrays[name]).all() for name in arrays)
        for arguments in zip(*[iter(sys.argv[1:])] * 3): check(*arguments)
        """

    @Test("writes the same bytes each time, and nothing where it fails")
    func files() throws {
        try inLab { program in
            let id = try #require(try program.status().first { $0.value["model"] as? String == "LinearNet-MLP" }?.key)
            for format in WeightFormat.all.map(\.name) {
                let first = try program.run("export", id, "--format", format, "--output", "new/first")
                #expect(
                    first.status == 0 && first.out.isEmpty && first.error.contains("6 tensors of LinearNet-MLP after epoch 2"))
                try program.run("export", String(id.prefix(9)), "--format", format, "--output", "new/second")
                let files = try ["first", "second"].map { try Data(contentsOf: program.folder.appending(path: "new/\($0)")) }
                let isSame = files[0] == files[1]
                #expect(isSame && files[0].count > 768 * 65 * 4)
            }
            try Data().write(to: program.folder.appending(path: "file"))
            let blocked = try program.run("export", id, "--output", "file/model.npz")
            #expect(blocked.status == 73 && blocked.error.contains("file"))
            #expect(try program.run("export", id, "--output", "new").status == 73, "a folder is in the way")
            let left = try FileManager.default.contentsOfDirectory(atPath: program.folder.path)
            #expect(!left.contains { $0.hasSuffix(".tmp") })
        }
    }

    @Test("refuses what it cannot do, with the code of its kind")
    func refusals() throws {
        try Program.inNewFolder { program in
            #expect(try program.run("export", "abc").status == 66, "no lab")
            let line = try #require(try program.run("submit", program.spec(Self.spec)).lines.first)
            let id = try #require(line.split(separator: " ").first.map(String.init))
            let early = try program.run("export", id)
            #expect(early.status == 66 && early.error.contains("is queued and has no weights yet; `pcnlab work` trains it"))
            #expect(try program.run("export", "zzz").status == 64)
            #expect(try program.run("export", "--format", "tensorboard", "t", "zzz").status == 64)
            #expect(try program.run("export", "--format", "tensorboard", "t", "--experiment", "b").status == 64)
            let usages: [[String]] = [
                [], [id, id], [id, "--format", "pickle"], [id, "--experiment", "a"], ["--format", "tensorboard"],
                ["--format", "tensorboard", "t", "--expand"], ["--format", "tensorboard", "t", "--output", "o"],
                ["--format", "tensorboard", "t", id, "--experiment", "a"],
            ]
            for usage in usages { #expect(try program.start(["export"] + usage).finish().status == 64, "\(usage)") }
            let none = try program.run("export", "--format", "tensorboard", "t")
            #expect(none.status == 0 && none.error.contains("no epoch is done yet"))
        }
    }

    @Test("takes the checkpoint before a damaged one, and says so; without any whole one it fails")
    func damaged() throws {
        try Program.inNewFolder { program in
            try program.run(
                "submit", program.spec(Self.spec.replacing(#""epochs": 2"#, with: #""epochs": 2, "checkpoint_every": 1"#)))
            try program.run("work", "--drain")
            let id = try #require(try program.status().keys.first)
            for (file, status, text) in [("e2-b0-a1", 0, "after epoch 1"), ("e1-b0-a1", 65, "no checkpoint")]
                as [(String, Int32, String)]
            {
                let url = program.lab.appending(path: "checkpoints/\(id)/\(file).safetensors")
                var bytes = try Data(contentsOf: url)
                bytes[bytes.count - 5] ^= 4
                try bytes.write(to: url)
                let output = try program.run("export", id)
                #expect(output.status == status && output.error.contains("is damaged") && output.error.contains(text))
            }
        }
    }

    @Test(
        "gives TensorBoard's own loader the losses and accuracies that report --curves writes",
        .enabled(if: Python.withTensorBoard != nil, "no Python with tensorboard"))
    func tensorBoard() throws {
        try inLab { program in
            let output = try program.run("export", "--format", "tensorboard", "board", "--experiment", "a")
            #expect(
                output.status == 0 && output.lines.count == 5 && output.lines.allSatisfy { $0.hasPrefix("board/a/LinearNet-") })
            // Once more: the files are replaced, not doubled.
            try program.run("export", "--format", "tensorboard", "board")
            try program.run("report", "--curves", "curves")
            let check = try Python.withTensorBoard?.run(
                """
                import csv, sys
                from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
                for folder in sys.argv[1:]:
                    events = EventAccumulator(folder)
                    events.Reload()
                    rows = list(csv.DictReader(open(folder.replace("board", "curves", 1) + ".csv")))
                    assert len(rows) == 2
                    tags = {"loss": "loss", "accuracy/train": "train_accuracy", "accuracy/test": "test_accuracy"}
                    assert set(events.Tags()["scalars"]) == set(tags)
                    for tag, column in tags.items():
                        scalars = events.Scalars(tag)
                        assert [s.step for s in scalars] == [int(row["epoch"]) for row in rows]
                        assert all(abs(s.value - float(row[column])) < 1e-6 for s, row in zip(scalars, rows))
                        assert 1.7e9 < scalars[0].wall_time < scalars[1].wall_time
                """, output.lines, in: program.folder)
            #expect(check?.status == 0, "\(check?.text ?? "")")
        }
    }
}

extension Network {
    /// Takes the parameters of a run's checkpoint.
    func load(_ program: Program, run: String, epoch: Int) throws {
        let folder = program.lab.appending(path: "checkpoints/\(run)")
        let names = try FileManager.default.contentsOfDirectory(atPath: folder.path)
        let name = try #require(names.first { $0.hasPrefix("e\(epoch)-b0") })
        let checkpoint = try Safetensors(try Data(contentsOf: folder.appending(path: name)))
        for parameter in parameters { try checkpoint.load(parameter.name, into: parameter.value) }
    }
}
