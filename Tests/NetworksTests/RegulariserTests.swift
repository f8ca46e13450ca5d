import Specs
import Tensors
import Testing

@testable import Networks

@Suite("Amplitudes by the initial variance")
struct RegulariserTests {
    /// Standard deviation of a layer's weights, times √(n/2)/λ: 1 is wanted.
    private func deviation(_ weights: Matrix, lambda: Double) -> Double {
        let values = (0..<weights.rows).flatMap { row in (0..<weights.columns).map { Double(weights.row(row)[$0]) } }
        let mean = values.reduce(0, +) / Double(values.count)
        let variance = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(values.count)
        return (variance * Double(weights.columns) / 2).squareRoot() / lambda
    }

    private func deviations(_ shape: LinearPartShape) -> [Double] {
        LinearPart.pcn.build(shape).layers.enumerated().map { index, layer in
            let weights = Tensor(layer.outputs, layer.inputs)
            layer.expand(0..<layer.outputs, into: weights.matrix)
            return withExtendedLifetime(weights) {
                deviation(weights.matrix, lambda: shape.weightFunctions[index].lambda)
            }
        }
    }

    @Test("give a layer's initial weights the standard deviation λ·√(2/n), for every distance, wave, d, ε and λ")
    func linear() {
        for (distance, wave) in Distance.all.flatMap({ d in Wave.all.map { (d, $0) } }) {
            for (d, epsilon, lambda) in [(1, 0.05, 1.0), (4, 0.5, 3), (32, 0.1, 0.2)] {
                let function = WeightFunction(
                    distance: distance, wave: wave, lambda: lambda, epsilon: epsilon, regulariser: .variance)
                let shape = LinearPartShape(widths: [300, 200, 10, 50], d: d, weightFunction: function, batch: 1)
                for found in deviations(shape) { #expect(abs(found - 1) < 1e-3, "\(distance) \(wave) \(d): \(found)") }
            }
        }
    }

    @Test("are near it for clouds of which a sample counts, and for a grid")
    func sampled() {
        let function = WeightFunction(lambda: 2, regulariser: .variance)
        let shape = LinearPartShape(
            widths: [3 * 28 * 28, 1500, 10], d: 8, weightFunction: function, grid: Shape(28, 28, 3), batch: 1)
        for found in deviations(shape) { #expect(abs(found - 1) < 0.03, "\(found)") }
    }

    @Test("of the paper are λ/√n")
    func paper() {
        let shape = LinearPartShape(widths: [100, 16, 4], weightFunction: WeightFunction(lambda: 3), batch: 1)
        #expect(LinearPart.pcn.build(shape).amplitudes == [0.3, 0.75])
    }

    @Test("hold for convolutions made from points")
    func convolutions() {
        let function = WeightFunction(lambda: 1.5, regulariser: .variance)
        var features = FeatureStack(Shape(9, 9, 3), seed: 1, points: .init(d: 4, weightFunction: function))
        features.convolution(40, kernel: 3)
        features.convolution(30, kernel: 5)
        for layer in features.layers.compactMap({ $0 as? any ConvolutionLayer }) {
            let sides = layer.kernelShape, weights = Tensor(sides[0], sides.dropFirst().reduce(1, *))
            layer.expand(0..<sides[0], into: weights.matrix)
            let found = withExtendedLifetime(weights) { deviation(weights.matrix, lambda: 1.5) }
            #expect(abs(found - 1) < 1e-3, "\(layer.name): \(found)")
        }
    }

    @Test("depend on the seed's clouds alone, and are finite where all distances are alike")
    func fixed() {
        let amplitudes = { (widths: [Int], epsilon: Double, seed: UInt64) in
            let function = WeightFunction(epsilon: epsilon, regulariser: .variance)
            return LinearPart.pcn.build(LinearPartShape(widths: widths, weightFunction: function, seed: seed, batch: 1))
                .amplitudes
        }
        #expect(amplitudes([30, 20, 10], 0.1, 1) == amplitudes([30, 20, 10], 0.1, 1))
        #expect(amplitudes([30, 20, 10], 0.1, 1) != amplitudes([30, 20, 10], 0.1, 2))
        // σ = 1/√12, that of the triangle wave.
        for found in amplitudes([8, 2], 1e30, 1) + amplitudes([1, 1], 0.1, 1).map({ $0 / Float(8).squareRoot() }) {
            #expect(abs(found - 0.5 * Float(12).squareRoot()) < 1e-5)
        }
    }
}
