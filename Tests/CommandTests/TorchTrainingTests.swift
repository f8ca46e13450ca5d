import Foundation
import Networks
import Specs
import Tensors
import Testing
import Training

@Suite("Training beside PyTorch")
struct TorchTrainingTests {
    private static let steps = 20
    private static let batch = 32

    @Test(
        "twenty steps of ResNet-20 from the same weights give PyTorch's losses, weights and running statistics",
        .enabled(if: Python.withTorch != nil, "no Python with torch"))
    func residualNetwork() throws {
        let settings = Settings(architecture: .resnet20, linear: .mlp, dataset: .cifar10)
        let plan = settings.networkPlan(batch: Self.batch)
        let network = Network(plan, capacity: Self.batch, workers: Workers(threads: 2))
        let optimizer = SGD(plan.parameters.filter(\.isTrained), OptimizerOptions(momentum: 0.9, weightDecay: 1e-4))
        let folder = FileManager.default.temporaryDirectory.appending(path: "torch-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        try write(plan.parameters, "before", folder)
        let stream = RandomStream(seed: 1, purpose: "images"), pixels = network.features
        var images: [Float] = [], labels: [UInt8] = [], losses: [Float] = []
        for step in 0..<Self.steps {
            let inputs = (0..<Self.batch * pixels).map { stream.uniform(step * Self.batch * pixels + $0, in: -2..<2) }
            // What there is to learn: the label of an image is in the brightness of its first pixels.
            var shifted = inputs
            let own = (0..<Self.batch).map { UInt8((step * 7 + $0 * 3) % 10) }
            for row in 0..<Self.batch { for index in 0..<300 { shifted[row * pixels + index] += Float(own[row]) / 4 } }
            for row in 0..<Self.batch {
                network.input(Self.batch).row(row).update(from: Array(shifted[row * pixels..<(row + 1) * pixels]), count: pixels)
            }
            images += shifted
            labels += own
            losses.append(Float(network.gradient(Self.batch, labels: own).meanLoss))
            optimizer.update(step: step + 1, learningRate: 3e-4, network.workers)
        }
        try write(plan.parameters, "after", folder)
        try Data(labels).write(to: folder.appending(path: "labels"))
        for (name, values) in [("images", images), ("losses", losses)] {
            try bytes(values).write(to: folder.appending(path: name))
        }
        let check = try Python.withTorch?.run(Self.script, in: folder)
        #expect(check?.status == 0, "\(check?.text ?? "")")
    }

    private func bytes(_ values: [Float]) -> Data { values.withUnsafeBytes { Data($0) } }

    /// Writes the parameters' floats one after the other, and an index with their names and shapes.
    private func write(_ parameters: [Parameter], _ name: String, _ folder: URL) throws {
        let index = parameters.map { ["name": $0.name, "shape": $0.value.shape] as [String: Any] }
        try JSONSerialization.data(withJSONObject: index).write(to: folder.appending(path: "\(name).json"))
        try bytes(parameters.flatMap { Array($0.value.elements) }).write(to: folder.appending(path: name))
    }

    private static let script = """
        # In float64: where a step is sensitive, float32 of any program wanders off, PyTorch's as ours.
        import json, numpy, torch
        from torch.nn.functional import batch_norm, conv2d, cross_entropy
        def read(name):
            numbers, tensors, place = numpy.fromfile(name, "<f4"), {}, 0
            for entry in json.load(open(name + ".json")):
                count = int(numpy.prod(entry["shape"]))
                tensor = torch.from_numpy(numbers[place:place + count].reshape(entry["shape"]).astype("f8"))
                tensors[entry["name"]] = tensor.permute(0, 3, 1, 2).contiguous() if tensor.dim() == 4 else tensor
                place += count
            return tensors
        w, after = read("before"), read("after")
        trained = [tensor.requires_grad_() for name, tensor in w.items() if "running" not in name]
        optimizer = torch.optim.SGD(trained, lr=3e-4, momentum=0.9, weight_decay=1e-4)
        def normalised(x, convolution, norm, stride, padding):
            x = conv2d(x, w[convolution + ".weight"], None, stride, padding)
            return batch_norm(
                x, w[norm + ".running_mean"], w[norm + ".running_var"], w[norm + ".weight"], w[norm + ".bias"], training=True)
        def network(x):
            x = normalised(x, "features.0", "features.0.norm", 1, 1).relu()
            for index in range(9):
                name, stride = f"features.blocks.{index}.", 2 if index in (3, 6) else 1
                y = normalised(x, name + "conv1", name + "bn1", stride, 1).relu()
                y = normalised(y, name + "conv2", name + "bn2", 1, 1)
                if stride == 2: x = normalised(x, name + "downsample.0", name + "downsample.1", 2, 0)
                x = (x + y).relu()
            return x.mean((2, 3)) @ w["weights.0"].T + w["biases.1"]
        steps, batch = 20, 32
        images = torch.from_numpy(numpy.fromfile("images", "<f4").reshape(steps, batch, 32, 32, 3).astype("f8")).permute(0, 1, 4, 2, 3)
        labels = torch.from_numpy(numpy.fromfile("labels", "u1").reshape(steps, batch).astype("int64"))
        losses = numpy.fromfile("losses", "<f4")
        for step in range(steps):
            optimizer.zero_grad()
            loss = cross_entropy(network(images[step]), labels[step])
            loss.backward()
            optimizer.step()
            assert abs(loss.item() - losses[step]) < 1e-4 * abs(loss.item()), (step, loss.item(), losses[step])
        for name, tensor in w.items():
            # Shifts begin at 0, and are added to values of size 1.
            size = max(tensor.norm().item(), 0.1 * tensor.numel() ** 0.5)
            difference = (tensor - after[name]).norm().item() / size
            assert difference < 1e-3, (name, difference)
        """
}
