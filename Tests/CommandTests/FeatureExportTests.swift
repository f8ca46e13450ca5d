import Datasets
import Foundation
import Networks
import ProgramUnderTest
import Specs
import Tensors
import Testing
import Training

@Suite("export of networks with convolutions")
struct FeatureExportTests {
    @Test(
        "gives PyTorch weights that make the engine's own logits, expanded, with kernels and flattened features in its order",
        .enabled(if: Python.withTorch != nil, "no Python with torch"), arguments: ["convnet", "alexnet"])
    func logits(_ architecture: String) throws {
        let spec = """
            {"name": "a", "architecture": "\(architecture)", "dataset": "shapes", "train_samples": 6, "test_samples": 4, "d": 3,
             "widths": [9, 8], "input_scale": "standard", "batch_size": 3, "epochs": 1, "sweep": {"linear": ["pcn", "mlp", "low_rank"]},
             "include": [{"linear": "mlp", "convolution": "pcn", "epsilon": 0.3}]}
            """
        try Program.inNewFolder { program in
            try program.run("submit", program.spec(spec))
            try #require(try program.run("work", "--drain").status == 0)
            for (id, run) in try program.status() {
                let settings = try JSONDecoder().decode(
                    Settings.self, from: try JSONSerialization.data(withJSONObject: try #require(run["settings"])))
                try ownLogits(settings, of: id, program).write(to: program.folder.appending(path: "\(id).cases"))
                let output = try program.run("export", id, "--format", "npz", "--expand", "--output", "\(id).npz")
                #expect(output.status == 0, "\(output.error)")
                let check = try Python.withTorch?.run(
                    Self.script, [architecture, "\(id).npz", "\(id).cases"], in: program.folder)
                #expect(check?.status == 0, "\(settings.model): \(check?.text ?? "")")
                let stored = try program.run("export", id, "--format", "npz", "--output", "\(id)-stored.npz")
                #expect(stored.status == 0, "\(stored.error)")
            }
        }
    }

    /// What the engine makes of the four test images: raw float32 of inputs (B, y, x, channel), then of logits.
    private func ownLogits(_ settings: Settings, of id: String, _ program: Program) throws -> Data {
        let data = try TrainingData(DatasetFolder(root: program.folder).load(.shapes), for: settings)
        let network = Network(settings.networkPlan(batch: 4), capacity: 4, workers: Workers(threads: 2))
        try network.load(program, run: id, epoch: 1)
        data.gather(data.test, [0, 1, 2, 3], into: network.input(4), network.workers)
        let logits = network.forward(4)
        var bytes = Data()
        for matrix in [network.input(4), logits] {
            for row in 0..<4 { bytes.append(UnsafeBufferPointer(start: matrix.row(row), count: matrix.columns)) }
        }
        return bytes
    }

    private static let script = """
        import sys, numpy, torch
        from torch.nn.functional import conv2d, max_pool2d, adaptive_avg_pool2d
        architecture, file, cases = sys.argv[1:]
        weights = {name: torch.from_numpy(array) for name, array in numpy.load(file).items() if name != "__metadata__"}
        side = {"convnet": 32, "alexnet": 227}[architecture]
        numbers = numpy.fromfile(cases, "<f4")
        x = torch.from_numpy(numbers[:4 * side * side * 3].reshape(4, side, side, 3).copy()).permute(0, 3, 1, 2)
        logits = torch.from_numpy(numbers[4 * side * side * 3:].reshape(4, 10).copy())
        def convolution(x, index, stride, padding):
            return conv2d(x, weights[f"features.{index}.weight"], weights[f"features.{index}.bias"], stride, padding).relu()
        if architecture == "convnet":
            for index, padding in enumerate([3, 1, 1, 1]): x = convolution(x, index, 2, padding)
            x = x.amax((2, 3))
        else:
            x = max_pool2d(convolution(x, 0, 4, 2), 3, 2)
            x = max_pool2d(convolution(x, 1, 1, 2), 3, 2)
            x = convolution(convolution(convolution(x, 2, 1, 1), 3, 1, 1), 4, 1, 1)
            x = adaptive_avg_pool2d(max_pool2d(x, 3, 2), 6).flatten(1)
        for index in range(3):
            x = x @ weights[f"linear.{index}.weight"].T + weights[f"linear.{index}.bias"]
            if index < 2: x = x.relu()
        difference = ((x - logits).abs().max() / logits.abs().max()).item()
        assert difference < 1e-4, difference
        """
}
