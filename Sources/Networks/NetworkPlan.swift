import Tensors

/// The layers of a network from the images to the logits, and every parameter once.
public struct NetworkPlan: Sendable {
    public let layers: [any Layer]
    public let parameters: [Parameter]
    /// Those of them that belong to activations, the last ones.
    public let activations: [Parameter]
}

extension NetworkPlan {
    /// Features, if there are any, then a linear part with ReLU after every layer but the last.
    /// - Parameters:
    ///   - isPolynomial: whether a trained polynomial of ReLU follows each hidden layer.
    ///   - isNormalised: whether each hidden vector of the linear part is normalised before its ReLU.
    ///   - dropout: in training, before some layers of the linear part; nil for none.
    public init(
        _ linear: LinearStack, after features: FeatureStack? = nil, isNormalised: Bool = false, isPolynomial: Bool = false,
        dropout: Dropout? = nil
    ) {
        var layers = features?.layers ?? [], activations: [Parameter] = []
        for (index, layer) in linear.layers.enumerated() {
            let isHidden = index < linear.layers.count - 1
            let stage = LinearStage(layer: layer, hasReLU: isHidden && !isNormalised && !isPolynomial)
            if let dropout, dropout.dropsFeatures ? isHidden : index > 0 {
                layers.append(
                    DropoutLayer(input: stage.input, rate: dropout.rate, seed: dropout.seed, purpose: "dropout/\(index)"))
            }
            layers.append(stage)
            if isHidden, isNormalised { layers.append(NormaliseLayer(input: stage.output)) }
            if isHidden, isPolynomial {
                let polynomial = PolyReLULayer(input: stage.output, name: "activations.\(index)")
                layers.append(polynomial)
                activations.append(polynomial.polynomial)
            }
        }
        self.layers = layers
        self.activations = activations
        parameters = (features?.parameters ?? []) + linear.parameters + activations
    }
}
