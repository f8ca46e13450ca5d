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

    public init(
        name: String, summary: String? = nil, displayName: String, classNames: [String], trainImages: Int, testImages: Int,
        channels: Int, side: Int
    ) {
        self.init(
            name: name, summary: summary, displayName: displayName, classNames: classNames, trainImages: trainImages,
            testImages: testImages, channels: channels, side: side, folder: nil)
    }

    init(
        name: String, summary: String?, displayName: String, classNames: [String], trainImages: Int, testImages: Int,
        channels: Int, side: Int, folder: String?
    ) {
        self.folder = folder
        (self.name, self.displayName, self.classNames) = (name, displayName, classNames)
        self.summary = summary ?? displayName
        (self.trainImages, self.testImages, self.channels, self.side) = (trainImages, testImages, channels, side)
    }

    /// Number of classes.
    public var classes: Int { classNames.count }

    /// Numbers in one image.
    public var imageSize: Int { channels * side * side }

    @TaskLocal public static var all: [DatasetName] = [.cifar10, .cifar100, .mnist, .shapes]
}
