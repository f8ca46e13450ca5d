/// A network's features and the widths of its linear part (Figure 3, §4.1).
public struct Architecture: Choice {
    public let name: String
    public let summary: String
    /// The paper's name for it.
    public let displayName: String
    /// Layers between the images and the linear part.
    public let features: [FeatureLayer]
    /// Widths between the linear part's inputs and the classes.
    let hiddenWidths: [Int]
    /// The probability of an element to be dropped where a spec gives none.
    let dropout: Double
    /// Whether dropout is before each linear layer but the last, so that it drops features too. Otherwise it is before each but the
    /// first: after each hidden layer.
    public let dropsFeatures: Bool
    /// The side to which a data set's images are resized.
    let inputSide: @Sendable (DatasetName) -> Int
    /// Channels of the first convolution, where a spec may give others: all channels are then in proportion. Nil where it may not.
    let filters: Int?
    /// Whether there are convolutions among its features, all of them with biases: those that can be made from points.
    let hasConvolutions: Bool

    init(
        name: String, summary: String, displayName: String, features: [FeatureLayer] = [], hiddenWidths: [Int],
        dropout: Double = 0, dropsFeatures: Bool = false, filters: Int? = nil,
        inputSide: @escaping @Sendable (DatasetName) -> Int
    ) {
        (self.name, self.summary, self.displayName) = (name, summary, displayName)
        (self.features, self.hiddenWidths) = (features, hiddenWidths)
        (self.dropout, self.dropsFeatures) = (dropout, dropsFeatures)
        (self.inputSide, self.filters) = (inputSide, filters)
        let isNormalised = features.contains { layer in
            switch layer {
            case .normalisedConvolution, .residual: true
            default: false
            }
        }
        hasConvolutions = !isNormalised && features.contains { if case .convolution = $0 { true } else { false } }
    }

    @TaskLocal public static var all: [Architecture] = [.linearnet, .convnet, .alexnet, .conv4, .conv6, .vgg16, .resnet20]
}
