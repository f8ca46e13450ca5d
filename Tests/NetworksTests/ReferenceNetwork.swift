import Foundation
import Tensors

@testable import Networks

/// A float64 reference implementation of the paper's formulas.
struct ReferenceNetwork {
    let part: String
    let shape: LinearPartShape
    var parameters: [String: [Double]]

    /// Of each layer of pcn, relative to the paper's.
    private var amplitudes: [Double] = []

    init(_ part: LinearPart, _ shape: LinearPartShape) {
        self.init(PartCase(part: part, distance: .euclidean, wave: .triangle), shape)
    }

    init(_ part: PartCase, _ shape: LinearPartShape) {
        self.part = part.part.name
        self.shape = shape
        let stack = part.build(shape)
        parameters = Dictionary(
            uniqueKeysWithValues: (stack.parameters + stack.constants).map { ($0.name, $0.value.values.map(Double.init)) })
        if self.part == "pcn", part.regulariser == .variance { amplitudes = shape.layers.indices.map(amplitude) }
    }

    /// √2/σ for the clouds as they are, λ left out: of at most 1,024 evenly spaced positions each.
    private func amplitude(_ layer: Int) -> Double {
        var function = shape.weightFunctions[layer]
        function.lambda = 1
        let sample = { (count: Int) in (0..<min(count, 1024)).map { $0 * count / min(count, 1024) } }
        let values = sample(shape.widths[layer]).flatMap { j in
            sample(shape.widths[layer + 1]).map { function.weight(pairs(layer, j, $0), inputs: 1) }
        }
        let mean = values.reduce(0, +) / Double(values.count)
        let variance = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(values.count)
        return (2 / (variance < 1e-6 ? function.wave == .sine ? 1.0 / 8 : 1.0 / 12 : variance)).squareRoot()
    }

    private func pairs(_ layer: Int, _ j: Int, _ k: Int) -> [(Double, Double)] {
        let isUntied = shape.options.clouds == .untied, d = shape.d
        let a = parameters[isUntied ? "input_clouds.\(layer)" : "clouds.\(layer)"]!
        let b = parameters[isUntied ? "output_clouds.\(layer)" : "clouds.\(layer + 1)"]!
        return (0..<d).map { (a[j * d + $0], b[k * d + $0]) }
    }

    /// Weight from input j to output k of a layer.
    func weight(_ layer: Int, _ j: Int, _ k: Int) -> Double {
        let n = shape.widths[layer], d = shape.d
        switch part {
        case "mlp": return parameters["weights.\(layer)"]![k * n + j]
        case "group_mask": return parameters["weights.\(layer)"]![k * n + j] * parameters["masks.\(layer)"]![k * n + j]
        case "random_features": return parameters["weights.\(layer)"]![k * d + j]
        case "low_rank":
            return (0..<d).reduce(0) { $0 + parameters["u.\(layer)"]![j * d + $1] * parameters["v.\(layer)"]![k * d + $1] }
        case "sine_low_rank":
            let product = (0..<d).reduce(0) { $0 + parameters["u.\(layer)"]![j * d + $1] * parameters["v.\(layer)"]![k * d + $1] }
            return sin(shape.omega * product) / Double(n).squareRoot()
        default:
            let amplitude = amplitudes.isEmpty ? 1 : amplitudes[layer]
            var function = shape.weightFunctions[layer]
            function.epsilon *= exp(parameters["epsilon_exponents.\(layer)"]?[0] ?? 0)
            return gain(layer, k) * window(layer, j, k) * amplitude * function.weight(pairs(layer, j, k), inputs: n)
        }
    }

    /// The 256 numbers of a block of a neural field's weights: of 16 outputs from 16p on, and 16 inputs from 16q on.
    private func field(_ layer: Int, _ p: Int, _ q: Int) -> [Double] {
        let (n, m) = (shape.widths[layer], shape.widths[layer + 1])
        let place = [
            (Double(p) + 0.5) / ceil(Double(m) / 16), (Double(q) + 0.5) / ceil(Double(n) / 16),
            (Double(layer) + 0.5) / Double(shape.layers.count),
        ]
        let waves = place.flatMap { x in
            (0..<4).flatMap { [sin(x * .pi * pow(2, Double($0))), cos(x * .pi * pow(2, Double($0)))] }
        }
        var values = place + waves + [log2(Double(n)) / 16, log2(Double(m)) / 16]
        for index in 0..<3 {
            let weight = parameters["field_weights.\(index)"]!, bias = parameters["field_biases.\(index)"]!
            values = bias.indices.map { k in values.indices.reduce(bias[k]) { $0 + values[$1] * weight[k * values.count + $1] } }
            if index < 2 { values = values.map { max(0, $0) } }
        }
        return values
    }

    private func window(_ layer: Int, _ j: Int, _ k: Int) -> Double {
        guard let exponent = parameters["window_exponents.\(layer)"]?[k] else { return 1 }
        let squared = pairs(layer, j, k).prefix(2).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }, width = 0.5 * exp(exponent)
        return exp(-squared / (2 * width * width))
    }

    private func gain(_ layer: Int, _ k: Int) -> Double {
        guard let gains = parameters["gains.\(layer)"] else { return 1 }
        return gains[gains.count == 1 ? 0 : k]
    }

    /// What the trained weights of a layer multiply: random features of its input, or the input itself.
    private func features(_ layer: Int, _ x: [Double]) -> [Double] {
        guard let fixed = parameters["random.\(layer)"] else { return x }
        return (0..<shape.d).map { f in max(0, x.indices.reduce(0) { $0 + x[$1] * fixed[f * x.count + $1] }) }
    }

    /// W (n, m) of a layer.
    private func weights(_ layer: Int) -> [[Double]] {
        let m = shape.widths[layer + 1], n = part == "random_features" ? shape.d : shape.widths[layer]
        guard part == "neural_field" else { return (0..<n).map { j in (0..<m).map { weight(layer, j, $0) } } }
        let blocks = (0...(m - 1) / 16).map { p in (0...(n - 1) / 16).map { field(layer, p, $0) } }
        return (0..<n).map { j in (0..<m).map { blocks[$0 / 16][j / 16][$0 % 16 * 16 + j % 16] / Double(n).squareRoot() } }
    }

    /// Logits of one image.
    func logits(_ x: [Double]) -> [Double] { logits([x])[0] }

    /// Logits of a batch.
    func logits(_ images: [[Double]]) -> [[Double]] {
        shape.layers.reduce(images) { images, layer in
            let bias = parameters["biases.\(layer.index + 1)"]!, weights = weights(layer.index)
            return images.map { x in
                let x = features(layer.index, x)
                var y = bias
                for (j, row) in weights.enumerated() { for k in y.indices { y[k] += x[j] * row[k] } }
                return layer.index == shape.layers.count - 1 ? y : y.map { max(0, $0) }
            }
        }
    }

    /// Mean cross-entropy of a batch.
    func loss(_ images: [[Double]], _ labels: [UInt8]) -> Double {
        zip(logits(images), labels).reduce(0) { sum, sample in
            let (z, label) = sample, top = z.max()!
            return sum + top + log(z.reduce(0) { $0 + exp($1 - top) }) - z[Int(label)]
        } / Double(images.count)
    }
}

extension WeightFunction {
    /// F in float64 (§3.2), for pairs of coordinates of two positions. The sine has the triangle's amplitude, period and phase.
    func weight(_ pairs: [(Double, Double)], inputs: Int) -> Double {
        let squared = pairs.reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
        let z =
            switch distance {
            case .euclidean: squared.squareRoot()
            case .squared: squared
            default: pairs.reduce(0) { $0 + $1.0 * $1.1 }
            }
        let phase = z - 2 * epsilon * (z / (2 * epsilon)).rounded(.down)
        let height =
            switch wave {
            case .triangle: lambda / epsilon * (epsilon - abs(phase - epsilon) - epsilon / 2)
            default: -lambda / 2 * cos(Double.pi * z / epsilon)
            }
        return height / Double(inputs).squareRoot()
    }
}
