/// One layer of an architecture's features.
public enum FeatureLayer: Hashable, Sendable {
    /// Kernels k × k over all channels, with bias, followed by ReLU.
    case convolution(channels: Int, kernel: Int, stride: Int, padding: Int)
    case maxPool(kernel: Int, stride: Int)
    /// The maximum of each channel.
    case globalMaxPool
    /// Adaptive average pooling to side × side.
    case averagePool(side: Int)
}

extension Settings {
    /// The shape of an image as the network reads it.
    public var inputSides: Shape {
        let side = architecture.inputSide(dataset)
        return Shape(side, side, dataset.channels)
    }

    /// Every layer of the features with the shapes of its input and output.
    public var featureSides: [(layer: FeatureLayer, input: Shape, output: Shape)] {
        var shape = inputSides
        return architecture.features.map { layer in
            defer { shape = shape.after(layer) }
            return (layer, shape, shape.after(layer))
        }
    }

    /// The convolutions' dimensions, in forward order.
    var convolutionDimensions: [Convolution.Dimensions] {
        featureSides.compactMap { part in
            guard case .convolution(let channels, let kernel, _, _) = part.layer else { return nil }
            return Convolution.Dimensions(kernel: kernel, inputs: part.input.channels, outputs: channels)
        }
    }
}
