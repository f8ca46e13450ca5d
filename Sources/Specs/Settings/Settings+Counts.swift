extension Settings {
    /// The dimensions of the linear part.
    public var linearDimensions: LinearDimensions {
        LinearDimensions(widths: layerWidths, d: linear.settings.contains(.d) ? d ?? 0 : 0, options: pointCloudOptions)
    }

    /// Trainable parameters of the linear part, biases and activations included.
    public var linearParameters: Int {
        // The lift of an hourglass is followed by no activation.
        let activations = max(0, hiddenWidths.count - (structure == .hourglass ? 1 : 0))
        return linear.parameters(linearDimensions) + activation.parameters * activations
    }

    /// Parameters as Table 1 counts them, which includes some that have no effect.
    public var paperLinearParameters: Int { linearParameters + linear.untrainedParameters(linearDimensions) }

    /// Trainable parameters of the convolutions, biases included.
    public var convolutionParameters: Int { (convolution ?? .dense).parameters(convolutionDimensions, d ?? 0) }

    /// Batches of an epoch, the last of which may be short.
    public var batchesPerEpoch: Int { (trainRows - 1) / stepRows + 1 }

    /// Multiply-adds over one training epoch.
    public var multiplyAddsPerEpoch: MultiplyAdds {
        let layers = linearDimensions.eachLayer
        // One product forward, one for the gradient of the weights, one for that of the inputs.
        var perImage = layers.map { 2 * linear.forward($0) + linear.weightGradient($0) }.reduce(0, +) + convolutionMultiplyAdds
        // The gradient of the images is not needed.
        if architecture.features.isEmpty, structure != .hourglass { perImage -= linear.inputGradient(layers[0]) }
        // A lift is multiplied by, and needs no gradient where it reads the images.
        if structure == .hourglass { perImage += (architecture.features.isEmpty ? 1 : 2) * linearInputs * layers[0].inputs }
        let convolution = convolution ?? .dense
        let perStep =
            layers.map(linear.perStep).reduce(0, +)
            + convolutionDimensions.map { convolution.perStep($0, d ?? 0) }.reduce(0, +)
        return MultiplyAdds(
            products: trainRows.saturating(times: perImage), distances: batchesPerEpoch.saturating(times: perStep))
    }

    /// Multiply-adds of the convolutions for one image, forward and backward. The gradient of the image is not needed.
    private var convolutionMultiplyAdds: Int {
        let convolutions = featureConvolutions.map(\.products)
        return 3 * convolutions.reduce(0, +) - (convolutions.first ?? 0)
    }
}

/// Multiply-adds by what they are spent on. One multiply-add is two floating-point operations.
public struct MultiplyAdds: Hashable, Sendable {
    /// Products of activations with weights, forward and backward, once for each image.
    public let products: Int
    /// Work on the weights themselves, once a step: a PCN's distances and their gradients (§6.2).
    public let distances: Int

    /// Both together.
    public var total: Int {
        let (sum, overflow) = products.addingReportingOverflow(distances)
        return overflow ? .max : sum
    }
}

extension Int {
    /// The product of two counts, or the largest number: nobody trains so much, but a spec may ask for it.
    fileprivate func saturating(times other: Int) -> Int {
        let (product, overflow) = multipliedReportingOverflow(by: other)
        return overflow ? .max : product
    }
}
