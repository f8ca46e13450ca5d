/// A data set that a run trains on (§4.2), and what is known of it without opening its files.
public struct DatasetName: Choice {
    public let name: String
    public let summary: String
    /// The name as the paper writes it.
    public let displayName: String
    /// One name for each class; a label is an index into this.
    public let classNames: [String]
    /// Images in the train split.
    public let trainImages: Int
    /// Images in the test split.
    public let testImages: Int
    /// Channels of an image.
    public let channels: Int
    /// Height and width of an image.
    public let side: Int
    /// The absolute path of a user's own data; nil for a data set of the registry.
    public let folder: String?
    /// Of a graph, whose nodes are what images are elsewhere, features for channels: all nodes, those of no split too. Nil for images.
    public let nodes: Int?
    /// Nodes of a graph to select by, which are in neither split; 0 for images, of which a run keeps training images back.
    public let validationNodes: Int

    public init(
        name: String, summary: String? = nil, displayName: String, classNames: [String], trainImages: Int, testImages: Int,
        channels: Int, side: Int
    ) {
        self.init(
            name: name, summary: summary, displayName: displayName, classNames: classNames, trainImages: trainImages,
            testImages: testImages, channels: channels, side: side, folder: nil)
    }

    /// The label of a graph's node that is in another split. A class has it too where there are 256, of images.
    public static let unlabelled = UInt8.max

    /// A graph of at most 255 classes. Its split has the usual sizes (Yang, Cohen and Salakhutdinov 2016) unless others are given: of each class
    /// so many nodes to train on, of the others so many to select by and so many to test with.
    public init(
        graph name: String, summary: String? = nil, displayName: String, classNames: [String], nodes: Int, features: Int,
        trainPerClass: Int = 20, validationNodes: Int = 500, testNodes: Int = 1000
    ) {
        self.init(
            name: name, summary: summary, displayName: displayName, classNames: classNames,
            trainImages: trainPerClass * classNames.count, testImages: testNodes, channels: features, side: 1, folder: nil,
            nodes: nodes, validationNodes: validationNodes)
    }

    init(
        name: String, summary: String?, displayName: String, classNames: [String], trainImages: Int, testImages: Int,
        channels: Int, side: Int, folder: String?, nodes: Int? = nil, validationNodes: Int = 0
    ) {
        (self.folder, self.nodes, self.validationNodes) = (folder, nodes, validationNodes)
        (self.name, self.displayName, self.classNames) = (name, displayName, classNames)
        self.summary = summary ?? displayName
        (self.trainImages, self.testImages, self.channels, self.side) = (trainImages, testImages, channels, side)
    }

    /// Number of classes.
    public var classes: Int { classNames.count }

    /// Numbers in one image.
    public var imageSize: Int { channels * side * side }

    @TaskLocal public static var all: [DatasetName] = [.cifar10, .cifar100, .mnist, .shapes, .communities, .cora]
}
