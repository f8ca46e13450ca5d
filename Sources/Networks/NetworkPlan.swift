import Tensors

/// The layers of a network from the images to the logits, and every parameter once.
public struct NetworkPlan: Sendable {
    public let layers: [any Layer]
    public let parameters: [Parameter]
}

extension NetworkPlan {
    /// A linear part alone: ReLU after every layer but the last.
    public init(_ linear: LinearStack) {
        layers = Self.stages(linear)
        parameters = linear.parameters
    }

    private static func stages(_ linear: LinearStack) -> [any Layer] {
        linear.layers.enumerated().map { LinearStage(layer: $0.element, hasReLU: $0.offset < linear.layers.count - 1) }
    }

    /// Features, then a linear part, with dropout before each of its layers but the last where a seed is given for it.
    public init(_ features: FeatureStack, _ linear: LinearStack, dropoutSeed: UInt64? = nil) {
        var layers = features.layers
        for (index, stage) in Self.stages(linear).enumerated() {
            if let dropoutSeed, index < linear.layers.count - 1 {
                layers.append(DropoutLayer(input: stage.input, seed: dropoutSeed, purpose: "dropout/\(index)"))
            }
            layers.append(stage)
        }
        self.layers = layers
        parameters = features.parameters + linear.parameters
    }
}
