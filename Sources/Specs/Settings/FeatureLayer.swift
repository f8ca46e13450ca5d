/// One layer of an architecture's features.
public enum FeatureLayer: Hashable, Sendable {
    /// Kernels k × k over all channels, with bias, followed by ReLU.
    case convolution(channels: Int, kernel: Int, stride: Int, padding: Int)
    case maxPool(kernel: Int, stride: Int)
    /// The largest of every channel.
    case globalMaxPool
    /// Adaptive average pooling to side × side.
    case averagePool(side: Int)
}

/// The sides of an image or of a layer's output.
public struct ImageSides: Hashable, Sendable {
    public var height: Int
    public var width: Int
    public var channels: Int

    /// Numbers in all.
    public var count: Int { height * width * channels }

    /// What a layer makes of this.
    public func after(_ layer: FeatureLayer) -> ImageSides {
        let sides = { (channels: Int, side: (Int) -> Int) in
            ImageSides(height: side(height), width: side(width), channels: channels)
        }
        return switch layer {
        case .convolution(let channels, let kernel, let stride, let padding):
            sides(channels) { ($0 + 2 * padding - kernel) / stride + 1 }
        case .maxPool(let kernel, let stride): sides(channels) { ($0 - kernel) / stride + 1 }
        case .globalMaxPool: sides(channels) { _ in 1 }
        case .averagePool(let side): sides(channels) { _ in side }
        }
    }
}

extension Settings {
    /// What the network reads of one image.
    public var inputSides: ImageSides {
        let side = architecture.blueprint.inputSide(dataset)
        return ImageSides(height: side, width: side, channels: dataset.blueprint.channels)
    }

    /// Every layer of the features with what it reads and what it puts out.
    public var featureSides: [(layer: FeatureLayer, input: ImageSides, output: ImageSides)] {
        var sides = inputSides
        return architecture.blueprint.features.map { layer in
            defer { sides = sides.after(layer) }
            return (layer, sides, sides.after(layer))
        }
    }

    /// Parameters of the convolutions, biases included.
    ///
    /// Made from points (§6.4), they are a cloud of d-dimensional positions for the channels of the images and one for each
    /// convolution's, an offset in the same space for every place of a kernel, and the biases.
    public var convolutionParameters: Int {
        var channelsOfImages = inputSides.channels
        return featureSides.reduce(0) { sum, part in
            guard case .convolution(let channels, let kernel, _, _) = part.layer else { return sum }
            guard convolution == .pcn else { return sum + channels * (kernel * kernel * part.input.channels + 1) }
            defer { channelsOfImages = 0 }
            return sum + (d ?? 0) * (channelsOfImages + kernel * kernel + channels) + channels
        }
    }

    /// The convolutions' weights, whatever they are made of.
    var convolutionWeights: Int {
        featureSides.reduce(0) { sum, part in
            guard case .convolution(let channels, let kernel, _, _) = part.layer else { return sum }
            return sum + channels * kernel * kernel * part.input.channels
        }
    }

    /// Multiply-adds of the convolutions for one image, forward and backward; nothing asks for the gradient of the image.
    var convolutionMultiplyAdds: Int {
        let convolutions = featureSides.compactMap { part -> Int? in
            guard case .convolution(_, let kernel, _, _) = part.layer else { return nil }
            return part.output.count * kernel * kernel * part.input.channels
        }
        return 3 * convolutions.reduce(0, +) - (convolutions.first ?? 0)
    }
}
