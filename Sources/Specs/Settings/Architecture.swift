/// A network's features and the widths of its linear part (Figure 3, §4.1).
public enum Architecture: String, CaseIterable, Codable, Sendable {
    /// No features; images at 16×16, flattened.
    case linearnet
    /// Four convolutions of stride 2 and global max pooling.
    case convnet
    /// AlexNet's features, for images resized to 227×227, and its dropout.
    case alexnet

    /// Everything that sets one architecture apart from another here.
    public struct Blueprint: Sendable {
        /// The paper's name for it.
        public let displayName: String
        /// Layers between the images and the linear part.
        public let features: [FeatureLayer]
        /// Widths between the linear part's inputs and the classes.
        public let hiddenWidths: [Int]
        /// Dropout ½ before each linear layer but the last.
        public let hasDropout: Bool
        /// The side to which a data set's images are resized.
        public let inputSide: @Sendable (DatasetName) -> Int
    }

    /// Whether there is a convolution among its features.
    public var hasConvolutions: Bool {
        blueprint.features.contains { if case .convolution = $0 { true } else { false } }
    }

    /// This architecture's description.
    public var blueprint: Blueprint {
        switch self {
        case .linearnet:
            Blueprint(
                displayName: "LinearNet", features: [], hiddenWidths: [1024, 1024, 2048], hasDropout: false,
                // Colour images are halved to 16×16; MNIST's 28×28 grey pixels enter as they are.
                inputSide: { $0.blueprint.side == 32 ? 16 : $0.blueprint.side })
        case .convnet:
            Blueprint(
                displayName: "ConvNet",
                features: [
                    .convolution(channels: 32, kernel: 7, stride: 2, padding: 3),
                    .convolution(channels: 128, kernel: 3, stride: 2, padding: 1),
                    .convolution(channels: 512, kernel: 3, stride: 2, padding: 1),
                    .convolution(channels: 1024, kernel: 3, stride: 2, padding: 1),
                    .globalMaxPool,
                ],
                hiddenWidths: [1024], hasDropout: false, inputSide: { $0.blueprint.side })
        case .alexnet:
            Blueprint(
                displayName: "AlexNet",
                features: [
                    .convolution(channels: 64, kernel: 11, stride: 4, padding: 2), .maxPool(kernel: 3, stride: 2),
                    .convolution(channels: 192, kernel: 5, stride: 1, padding: 2), .maxPool(kernel: 3, stride: 2),
                    .convolution(channels: 384, kernel: 3, stride: 1, padding: 1),
                    .convolution(channels: 256, kernel: 3, stride: 1, padding: 1),
                    .convolution(channels: 256, kernel: 3, stride: 1, padding: 1), .maxPool(kernel: 3, stride: 2),
                    .averagePool(side: 6),
                ],
                hiddenWidths: [4096, 4096], hasDropout: true, inputSide: { _ in 227 })
        }
    }
}
