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
    /// The layers of the linear part that have dropout before them.
    public let dropped: DroppedLayers
    /// Whether its rows are the nodes of a graph: every pass has all of them, and a linear layer reads sums over neighbours.
    public let readsGraph: Bool
    /// The side to which a data set's images are resized.
    let inputSide: @Sendable (DatasetName) -> Int
    /// Channels of the first convolution, where a spec may give others: all channels are then in proportion. Nil where it may not.
    let filters: Int?
    /// Whether there are convolutions among its features, all of them with biases: those that can be made from points.
    let hasConvolutions: Bool

    init(
        name: String, summary: String, displayName: String, features: [FeatureLayer] = [], hiddenWidths: [Int],
        dropout: Double = 0, dropped: DroppedLayers = .allButFirst, filters: Int? = nil,
        readsGraph: Bool = false, inputSide: @escaping @Sendable (DatasetName) -> Int
    ) {
        (self.name, self.summary, self.displayName) = (name, summary, displayName)
        (self.features, self.hiddenWidths) = (features, hiddenWidths)
        (self.dropout, self.dropped, self.readsGraph) = (dropout, dropped, readsGraph)
        (self.inputSide, self.filters) = (inputSide, filters)
        let isNormalised = features.contains { layer in
            switch layer {
            case .normalisedConvolution, .residual: true
            default: false
            }
        }
        hasConvolutions = !isNormalised && features.contains { if case .convolution = $0 { true } else { false } }
    }

    @TaskLocal public static var all: [Architecture] = [
        .linearnet, .convnet, .alexnet, .conv4, .conv6, .vgg16, .resnet20, .gcn,
    ]
}

/// The layers of a linear part that have dropout before them.
public enum DroppedLayers: Sendable {
    /// After each hidden layer.
    case allButFirst
    /// Features are dropped, too, and the last hidden vector is not.
    case allButLast
    case all

    /// Whether a layer of so many is among them.
    public func contains(_ layer: Int, of layers: Int) -> Bool {
        switch self {
        case .allButFirst: layer > 0
        case .allButLast: layer < layers - 1
        case .all: true
        }
    }
}
