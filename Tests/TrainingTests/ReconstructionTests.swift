import Foundation
import Tensors
import Testing

@testable import Networks
@testable import Specs
@testable import Training

/// The weights of a PCN, computed in float64 from what an export as stored holds, by the formulas of docs/export.md.
struct Reconstruction {
    private let settings: Settings
    private let file: Safetensors
    private let amplitudes: [Double]

    init(_ export: WeightExport) throws {
        settings = export.settings
        let tensors = export.tensors.map { exported in
            let tensor = Tensor(exported.shape)
            var floats: [Float] = []
            exported.forEachTile { floats += $0.bindMemory(to: Float.self) }
            tensor.assign(floats)
            return (exported.name, tensor)
        }
        file = try Safetensors(Safetensors.encode(tensors, metadata: export.metadata))
        amplitudes = (file.metadata["amplitudes"] ?? "").split(separator: " ").compactMap { Double($0) }
    }

    /// A tensor's rows; nil where the export has none of this name.
    private func rows(_ name: String) throws -> [[Double]]? {
        guard file.names.contains(name) else { return nil }
        let tensor = Tensor(try file.shape(name))
        try file.load(name, into: tensor)
        let columns = tensor.count / tensor.shape[0]
        return (0..<tensor.shape[0]).map { row in (0..<columns).map { Double(tensor.base[row * columns + $0]) } }
    }

    /// W of a layer as PyTorch stores it, row by row.
    func weights(_ layer: Int) throws -> [Float] {
        let isUntied = settings.clouds == .untied
        let a = try #require(try rows(isUntied ? "linear.input_positions.\(layer)" : "linear.positions.\(layer)"))
        let b = try #require(try rows(isUntied ? "linear.output_positions.\(layer)" : "linear.positions.\(layer + 1)"))
        let lambda = try #require(settings.lambda)[layer], epsilon = try #require(settings.epsilon)[layer]
        let exponent = try rows("linear.epsilon_exponents.\(layer)")?[0][0] ?? 0
        let function = WeightFunction(
            distance: try #require(settings.distance), wave: try #require(settings.wave), lambda: 1,
            epsilon: epsilon * exp(exponent))
        let amplitude = amplitudes.isEmpty ? lambda / Double(a.count).squareRoot() : amplitudes[layer]
        let gains = try rows("linear.gains.\(layer)")?.joined().map(\.self) ?? [1]
        let windows = try rows("linear.window_exponents.\(layer)")?.map { 0.5 * exp($0[0]) }
        let window = { (k: Int, input: [Double], output: [Double]) in
            guard let width = windows?[k] else { return 1.0 }
            let (x, y) = (input[0] - output[0], input[1] - output[1])
            return exp(-(x * x + y * y) / (2 * width * width))
        }
        return b.enumerated().flatMap { k, output in
            a.map { input in
                let weight = amplitude * function.weight(Array(zip(input, output)), inputs: 1)
                return Float(gains[gains.count == 1 ? 0 : k] * window(k, input, output) * weight)
            }
        }
    }
}

@Suite("A PCN's weights as stored")
struct ReconstructionTests {
    static let cases: [Settings] = [
        { _ in }, { $0.regulariser = .variance },
        { ($0.lambda, $0.epsilon) = (LayerValues([2, 1, 3]), LayerValues([0.1, 0.2, 0.05])) },
        { ($0.distance, $0.wave, $0.regulariser) = (.dot, .sine, .variance) },
        { ($0.gain, $0.regulariser) = (.layer, .variance) }, { ($0.gain, $0.distance) = (.neuron, .squared) },
        { ($0.initialisation, $0.window, $0.gain) = (.grid, .gaussian, .layer) },
        { ($0.clouds, $0.gain, $0.learnEpsilon) = (.untied, .neuron, .layer) },
        { ($0.learnEpsilon, $0.epsilon) = (.layer, LayerValues([0.1, 0.2, 0.3])) },
    ].map { (change: (inout Settings) -> Void) in
        var settings = Fixture.settings(optimizer: .adam, epochs: 1, learningRate: 1e-2)
        change(&settings)
        settings.normalize()
        return settings
    }

    @Test("and the metadata are enough to compute the dense ones, and are as many as the counts say", arguments: cases)
    func dense(_ settings: Settings) throws {
        let checkpoint = try Safetensors(try #require(try Fixture.train(settings).host.checkpoints.last).contents)
        let stored = try WeightExport(settings, checkpoint, expanded: false)
        #expect(stored.tensors.reduce(0) { $0 + $1.count } == settings.linearParameters)
        let reconstruction = try Reconstruction(stored)
        let expanded = try WeightExport(settings, checkpoint, expanded: true)
        #expect(expanded.metadata["amplitudes"] == nil)
        for tensor in expanded.tensors where tensor.name.hasSuffix("weight") {
            var floats: [Float] = []
            tensor.forEachTile { floats += $0.bindMemory(to: Float.self) }
            let layer = try #require(Int(tensor.name.split(separator: ".")[1]))
            let expected = try reconstruction.weights(layer), largest = expected.map(abs).max() ?? 0
            let difference = zip(floats, expected).map { abs($0 - $1) }.max() ?? .infinity
            #expect(difference < 1e-3 * largest, "\(tensor.name): \(difference) of \(largest)")
        }
    }
}

extension WeightFunction {
    /// F in float64 (§3.2), for pairs of coordinates of two positions.
    fileprivate func weight(_ pairs: [(Double, Double)], inputs: Int) -> Double {
        let squared = pairs.reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
        let z = distance == .dot ? pairs.reduce(0) { $0 + $1.0 * $1.1 } : distance == .squared ? squared : squared.squareRoot()
        let turns = z / (2 * epsilon), phase = turns - turns.rounded(.down)
        let shape = wave == .sine ? -cos(2 * Double.pi * phase) / 2 : 0.5 - abs(2 * phase - 1)
        return lambda / Double(inputs).squareRoot() * shape
    }
}
