/// One layer of an architecture's features.
public enum FeatureLayer: Hashable, Sendable {
    /// Kernels k × k over all channels, with bias, followed by ReLU.
    case convolution(channels: Int, kernel: Int, stride: Int, padding: Int)
    /// The same without bias, followed by batch norm and ReLU.
    case normalisedConvolution(channels: Int, kernel: Int, stride: Int, padding: Int)
    /// A basic residual block: two convolutions 3 × 3 with batch norm beside a shortcut, which is a convolution 1 × 1 with batch norm where
    /// the shape changes.
    case residual(channels: Int, stride: Int)
    case maxPool(kernel: Int, stride: Int)
    /// The maximum of each channel.
    case globalMaxPool
    /// Adaptive average pooling to side × side.
    case averagePool(side: Int)

    /// The same with `factor` times as many channels in place of one.
    func scaled(by factor: Int, over one: Int) -> FeatureLayer {
        switch self {
        case .convolution(let channels, let kernel, let stride, let padding):
            .convolution(channels: channels * factor / one, kernel: kernel, stride: stride, padding: padding)
        case .normalisedConvolution(let channels, let kernel, let stride, let padding):
            .normalisedConvolution(channels: channels * factor / one, kernel: kernel, stride: stride, padding: padding)
        case .residual(let channels, let stride): .residual(channels: channels * factor / one, stride: stride)
        case .maxPool, .globalMaxPool, .averagePool: self
        }
    }

    /// Its convolutions, given the shape of its input, in the order of the engine's parameters.
    public func convolutions(_ input: Shape) -> [FeatureConvolution] {
        let one = { (from: Shape, channels: Int, kernel: Int, stride: Int, padding: Int, isNormalised: Bool) in
            FeatureConvolution(
                kernel: kernel, stride: stride, padding: padding, input: from,
                output: from.after(kernel: kernel, stride: stride, padding: padding, channels: channels),
                isNormalised: isNormalised)
        }
        switch self {
        case .convolution(let channels, let kernel, let stride, let padding):
            return [one(input, channels, kernel, stride, padding, false)]
        case .normalisedConvolution(let channels, let kernel, let stride, let padding):
            return [one(input, channels, kernel, stride, padding, true)]
        case .residual(let channels, let stride):
            let first = one(input, channels, 3, stride, 1, true)
            let shortcut = first.output == input ? [] : [one(input, channels, 1, stride, 0, true)]
            return [first, one(first.output, channels, 3, 1, 1, true)] + shortcut
        case .maxPool, .globalMaxPool, .averagePool: return []
        }
    }
}

extension FeatureLayer {
    /// Floats for an image that convolutions and batch norms write, given the shape of the input: a normalised convolution writes twice.
    public func madeFloats(_ input: Shape) -> Int {
        convolutions(input).map { ($0.isNormalised ? 2 : 1) * $0.output.count }.reduce(0, +)
    }
}

/// A convolution of a network's features.
public struct FeatureConvolution: Sendable {
    public let kernel: Int
    public let stride: Int
    public let padding: Int
    public let input: Shape
    public let output: Shape
    /// Whether batch norm follows, in place of a bias.
    public let isNormalised: Bool

    /// Multiply-adds of its forward pass for one image.
    public var products: Int { output.count * kernel * kernel * input.channels }
}

extension Settings {
    /// The shape of an image as the network reads it.
    public var inputSides: Shape {
        let side = architecture.inputSide(dataset)
        return Shape(side, side, dataset.channels)
    }

    /// The layers between the images and the linear part.
    public var features: [FeatureLayer] {
        guard let own = architecture.filters, filters != own else { return architecture.features }
        return architecture.features.map { $0.scaled(by: filters, over: own) }
    }

    /// Every layer of the features with the shapes of its input and output.
    public var featureSides: [(layer: FeatureLayer, input: Shape, output: Shape)] {
        var shape = inputSides
        return features.map { layer in
            defer { shape = shape.after(layer) }
            return (layer, shape, shape.after(layer))
        }
    }

    /// The convolutions of the features, those within residual blocks too.
    public var featureConvolutions: [FeatureConvolution] { featureSides.flatMap { $0.layer.convolutions($0.input) } }

    /// The convolutions' dimensions, in forward order.
    var convolutionDimensions: [Convolution.Dimensions] {
        featureConvolutions.map {
            Convolution.Dimensions(
                kernel: $0.kernel, inputs: $0.input.channels, outputs: $0.output.channels, isNormalised: $0.isNormalised)
        }
    }
}
