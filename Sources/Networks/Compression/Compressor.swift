import Specs
import Tensors

/// Makes the weights of a compressed network from those of the full one.
///
/// A layer y = x·Wᵀ + b becomes y = (x − μ)·Vᵀ·W′ᵀ + b′ with W′ = W·Vᵀ and b′ = b + W·μ: the same function where all components are kept.
/// Of a convolution each tap of the kernel is such a layer. Where outputs of a layer are dropped, those stay that weigh most in the components
/// of the next layer, by the sum of their absolute shares in them; b, W, batch norm, and the next layer's V, μ and W lose the others.
public struct Compressor {
    private let components: [PrincipalComponents]
    private let shape: CompressedShape
    /// The layers with weights, in the order of `CompressedShape.outputs`.
    private let layers: [WeightLayer]
    /// Of each of them, the outputs that stay.
    private let kept: [[Int]]

    /// A layer whose weights are stored: rows of k·k·C, or of n.
    private struct WeightLayer {
        let weight: Parameter
        let bias: Parameter?
        /// The compressible input that it reads; nil for the first convolution.
        let place: Int?
        /// Numbers that it reads at each tap.
        let inputs: Int
        var outputs: Int { weight.value.shape[0] }
    }

    /// - Parameters:
    ///   - components: of each compressible input.
    ///   - places: of each weight layer, the compressible input that it reads.
    public init(
        _ components: [PrincipalComponents], at places: [Int?], of full: NetworkPlan, to shape: CompressedShape
    ) {
        (self.components, self.shape) = (components, shape)
        var layers: [WeightLayer] = []
        for part in full.layers.flatMap(\.parts) {
            if let convolution = part as? DenseConvolutionLayer {
                layers.append(
                    WeightLayer(
                        weight: convolution.weight, bias: convolution.bias, place: places[layers.count],
                        inputs: convolution.input.channels))
            } else if let dense = (part as? LinearStage)?.layer as? DenseLayer, dense.bias.isTrained {
                layers.append(
                    WeightLayer(weight: dense.weight, bias: dense.bias, place: places[layers.count], inputs: dense.inputs))
            }
        }
        self.layers = layers
        var kept: [[Int]] = []
        for (index, layer) in layers.enumerated() {
            let wanted = shape.outputs[index]
            guard wanted < layer.outputs, let place = layers[index + 1].place else {
                kept.append(Array(0..<layer.outputs))
                continue
            }
            let next = components[place], positions = layers[index + 1].inputs / layer.outputs
            var weights = [Double](repeating: 0, count: layer.outputs)
            for component in 0..<shape.dimensions[place] {
                for (input, share) in next.component(component).enumerated() where input < positions * layer.outputs {
                    // What is flattened is (y, x, channel).
                    weights[input % layer.outputs] += abs(share)
                }
            }
            let ranked = weights.indices.sorted { (weights[$1], $0) < (weights[$0], $1) }
            kept.append(ranked.prefix(wanted).sorted())
        }
        self.kept = kept
    }

    /// Sets the parameters of `small` from those of `full`.
    public func fill(_ small: NetworkPlan, from full: NetworkPlan) {
        let after = Dictionary(uniqueKeysWithValues: small.parameters.map { ($0.name, $0) })
        for parameter in full.activations { after[parameter.name]?.value.assign(Array(parameter.value.elements)) }
        let old = full.layers.flatMap(\.parts), new = small.layers.flatMap(\.parts).filter { !($0 is ProjectionLayer) }
        precondition(old.count == new.count, "the same layers, but for projections")
        var index = -1
        for (old, new) in zip(old, new) {
            switch (old, new) {
            case (is DenseConvolutionLayer, let new as PrincipalConvolutionLayer):
                index += 1
                set(new.convolution.weight, new.convolution.bias, new.principal, index)
            case (is DenseConvolutionLayer, let new as DenseConvolutionLayer):
                index += 1
                set(new.weight, new.bias, nil, index)
            case (let old as BatchNormLayer, let new as BatchNormLayer):
                for (from, to) in zip(old.parameters, new.parameters) {
                    to.value.assign(kept[index].map { from.value.base[$0] })
                }
            case (is LinearStage, let new as LinearStage) where new.layer.bias.isTrained:
                index += 1
                if let layer = new.layer as? PrincipalDenseLayer {
                    set(layer.weight, layer.bias, layer.principal, index)
                } else if let layer = new.layer as? DenseLayer {
                    set(layer.weight, layer.bias, nil, index)
                }
            default: break
            }
        }
    }

    /// The numbers that a layer still reads at each tap.
    private func inputs(_ index: Int) -> [Int] {
        let layer = layers[index], all = Array(0..<layer.inputs)
        guard index > 0, kept[index - 1].count < layers[index - 1].outputs else { return all }
        let channels = layers[index - 1].outputs
        return (0..<layer.inputs / channels).flatMap { position in kept[index - 1].map { position * channels + $0 } }
    }

    /// Sets a layer's weights, and its components and mean where it has them.
    private func set(_ weight: Parameter, _ bias: Parameter?, _ principal: PrincipalInput?, _ index: Int) {
        let layer = layers[index], inputs = inputs(index), old = layer.weight.value
        let taps = old.count / layer.outputs / layer.inputs
        var vectors: [[Double]] = [], mean: [Double] = []
        if let principal, let place = layer.place {
            vectors = (0..<principal.dimensions).map { component in
                let vector = components[place].component(component)
                return inputs.map { vector[$0] }
            }
            mean = inputs.map { components[place].mean[$0] }
            principal.components.value.assign(vectors.flatMap { $0.map(Float.init) })
            principal.mean.value.assign(mean.map(Float.init))
        }
        var weights: [Float] = [], biases: [Float] = []
        for output in kept[index] {
            var shift = layer.bias.map { Double($0.value.base[output]) } ?? 0
            for tap in 0..<taps {
                let first = (output * taps + tap) * layer.inputs
                let row = inputs.map { Double(old.base[first + $0]) }
                if principal == nil {
                    weights += row.map(Float.init)
                } else {
                    weights += vectors.map { vector in Float(zip(vector, row).reduce(0) { $0 + $1.0 * $1.1 }) }
                    shift += zip(mean, row).reduce(0) { $0 + $1.0 * $1.1 }
                }
            }
            biases.append(Float(shift))
        }
        weight.value.assign(weights)
        bias?.value.assign(biases)
    }
}
