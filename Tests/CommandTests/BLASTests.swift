import Foundation
import ProgramUnderTest
import Specs
import Testing

/// Counts the calls of BLAS of the real program over an epoch of one batch, and compares their floating-point operations with those
/// that the layers' shapes give. The counts are exact: a product that another kernel computes, or one computed twice, is a
/// difference.
@Suite("Training by BLAS") struct BLASTests {
    @Test(
        "every product of stored matrices in a step is a call of BLAS",
        arguments: [
            Model("LinearNet-MLP", #""architecture": "linearnet", "linear": "mlp", "widths": [96, 33]"#),
            Model("LinearNet-LowRank", #""architecture": "linearnet", "linear": "low_rank", "d": 7, "widths": [96, 33]"#),
            Model("ConvNet-MLP", #""architecture": "convnet", "linear": "mlp", "widths": [40]"#),
            Model("AlexNet-MLP", #""architecture": "alexnet", "linear": "mlp", "widths": [64, 48]"#, train: 3, test: 2),
        ])
    func stored(_ model: Model) throws { try model.check() }

    @Test(
        "a linear layer whose W is F(D) makes no call of BLAS, a convolution in the same step makes all of its calls",
        arguments: [
            Model("LinearNet-PCN", #""architecture": "linearnet", "linear": "pcn", "d": 5, "widths": [96, 33]"#),
            Model("ConvNet-PCN", #""architecture": "convnet", "linear": "pcn", "d": 5, "widths": [40]"#),
            Model(
                "ConvNet with convolutions made from points",
                #""architecture": "convnet", "linear": "mlp", "convolution": "pcn", "d": 5, "widths": [40]"#),
        ])
    func pointClouds(_ model: Model) throws { try model.check() }

    struct Model: CustomTestStringConvertible {
        let testDescription: String
        private let choices: String
        private let train: Int
        private let test: Int

        init(_ name: String, _ choices: String, train: Int = 12, test: Int = 5) {
            (testDescription, self.choices, self.train, self.test) = (name, choices, train, test)
        }

        private var spec: String {
            """
            {"name": "a", "dataset": "shapes", "train_samples": \(train), "test_samples": \(test), "batch_size": \(train),
             "input_scale": "unit", "epochs": 1, \(choices)}
            """
        }

        func check() throws {
            let settings = try #require(try Experiment.decode(Array(spec.utf8), file: "spec.json").runs.first)
            let counts = try counted()
            // The test images are evaluated after the epoch; all images are evaluated with the final weights.
            let evaluations = train + 2 * test
            let expected = Products(settings).operations(step: train, evaluations: evaluations)
            #expect(counts.operations == expected)
            #expect((counts.calls == 0) == (expected == 0))
            print("\(testDescription): \(counts.calls) calls of BLAS, \(Double(counts.operations) / 1e9) GFLOP")
        }

        /// The calls and the floating-point operations of `work` on the spec.
        private func counted() throws -> (calls: Int, operations: Int) {
            var counts: [Int] = []
            try Program.inNewFolder { program in
                #expect(try program.run("submit", program.spec(spec)).status == 0)
                let shim = Program.executable.deletingLastPathComponent().appending(path: "libBLASShim.so")
                let file = program.folder.appending(path: "count")
                let work = try program.run(
                    "work", "--drain", "--threads", "2",
                    environment: ["LD_PRELOAD": shim.path, "PCNLAB_BLAS_COUNT": file.path])
                #expect(work.status == 0, "\(work)")
                counts = try String(contentsOf: file, encoding: .utf8).split { " \n".contains($0) }.compactMap { Int($0) }
            }
            try #require(counts.count == 2)
            return (counts[0], counts[1])
        }
    }
}

/// Multiply-adds for one image in a network's products of stored matrices.
private struct Products {
    private var forward = 0
    /// The gradients of the weights and of the inputs.
    private var backward = 0

    init(_ settings: Settings) {
        // The gradient of the network's input is not computed.
        var isFirst = true
        for (layer, input, output) in settings.featureSides {
            guard case .convolution(let channels, let kernel, let stride, let padding) = layer else { continue }
            let product = output.count * kernel * kernel * input.channels
            forward += product
            backward += product
            if !isFirst {
                // Each input position is reached by the kernel places that lie a multiple of the stride from it.
                func places(_ size: Int) -> Int {
                    (0..<size).map { i in (0..<kernel).count { (i + padding - $0) % stride == 0 } }.reduce(0, +)
                }
                backward += places(input.height) * places(input.width) * channels * input.channels
            }
            isFirst = false
        }
        for (n, m) in zip(settings.layerWidths, settings.layerWidths.dropFirst()) {
            switch settings.linear {
            case .mlp:
                forward += n * m
                backward += (isFirst ? 1 : 2) * n * m
            case .lowRank:
                let d = settings.d ?? 0
                // h = x·U, y = h·Vᵀ; dh = dy·V, dV = dyᵀ·h, dU = xᵀ·dh, dx = dh·Uᵀ
                forward += (n + m) * d
                backward += (2 * m + (isFirst ? 1 : 2) * n) * d
            default: break
            }
            isFirst = false
        }
    }

    /// Floating-point operations of one step and of the evaluations, for so many images.
    func operations(step: Int, evaluations: Int) -> Int {
        2 * (step * (forward + backward) + evaluations * forward)
    }
}
