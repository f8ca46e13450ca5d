/// A data set that a run trains on (§4.2).
public enum DatasetName: String, CaseIterable, Codable, Sendable {
    /// CIFAR-10.
    case cifar10
    /// CIFAR-100 with its fine labels.
    case cifar100
    /// MNIST, used in the paper's preliminary tests.
    case mnist
    /// Drawn by the program itself; needs no download.
    case shapes

    /// What is known of a data set without opening it.
    public struct Blueprint: Sendable {
        /// The name as the paper writes it.
        public let displayName: String
        /// Number of classes.
        public let classes: Int
        /// Images in the train split.
        public let trainImages: Int
        /// Images in the test split.
        public let testImages: Int
        /// Channels of an image.
        public let channels: Int
        /// Height and width of an image.
        public let side: Int
    }

    /// This data set's description.
    public var blueprint: Blueprint {
        switch self {
        case .cifar10:
            Blueprint(displayName: "CIFAR-10", classes: 10, trainImages: 50_000, testImages: 10_000, channels: 3, side: 32)
        case .cifar100:
            Blueprint(displayName: "CIFAR-100", classes: 100, trainImages: 50_000, testImages: 10_000, channels: 3, side: 32)
        case .mnist:
            Blueprint(displayName: "MNIST", classes: 10, trainImages: 60_000, testImages: 10_000, channels: 1, side: 28)
        case .shapes:
            Blueprint(displayName: "Shapes", classes: 10, trainImages: 10_000, testImages: 2_000, channels: 3, side: 32)
        }
    }

    /// The name as the paper writes it.
    public var displayName: String { blueprint.displayName }

    /// Number of classes.
    public var classes: Int { blueprint.classes }
}
