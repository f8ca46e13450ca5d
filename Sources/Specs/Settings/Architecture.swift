/// A network's features and the widths of its linear part (Figure 3, §4.1).
public enum Architecture: String, CaseIterable, Codable, Sendable {
    /// No features; images at 16×16, flattened.
    case linearnet

    /// Names of the paper's other architectures, which a later version brings.
    public static let planned = ["convnet", "alexnet"]

    /// Everything that sets one architecture apart from another here.
    public struct Blueprint: Sendable {
        /// The paper's name for it.
        public let displayName: String
        /// Widths between the linear part's inputs and the classes.
        public let hiddenWidths: [Int]
        /// How many features the linear part gets from an image of a dataset.
        public let features: @Sendable (DatasetName) -> Int
    }

    /// This architecture's description.
    public var blueprint: Blueprint {
        switch self {
        case .linearnet:
            Blueprint(
                displayName: "LinearNet", hiddenWidths: [1024, 1024, 2048],
                // Colour images are halved to 3×16×16; MNIST's 28×28 grey pixels enter as they are.
                features: { $0.blueprint.channels == 1 ? 28 * 28 : 3 * 16 * 16 })
        }
    }
}
