/// A data set in memory: the training images and the test images.
public struct Dataset: Sendable {
    /// What it is.
    public let kind: DatasetKind
    /// The train split.
    public let train: ImageSet
    /// The test split.
    public let test: ImageSet
    /// All nodes and their edges, of a data set that is a graph: the splits are the features of some of its nodes. Nil for images.
    public let graph: NodeGraph?

    /// - Precondition: the images of both splits have the same size.
    public init(kind: DatasetKind, train: ImageSet, test: ImageSet) { self.init(kind, train: train, test: test, graph: nil) }

    /// A graph.
    public init(kind: DatasetKind, graph: NodeGraph) {
        self.init(kind, train: graph.images(graph.train), test: graph.images(graph.test), graph: graph)
    }

    private init(_ kind: DatasetKind, train: ImageSet, test: ImageSet, graph: NodeGraph?) {
        precondition(train.imageSize == test.imageSize, "both splits hold images of one size")
        (self.kind, self.graph) = (kind, graph)
        self.train = train
        self.test = test
    }

    /// The name in specs.
    public var name: String { kind.name }

    /// Number of classes.
    public var classes: Int { kind.dataset.classes }

    /// One name for each class; a label is an index into this.
    public var classNames: [String] { kind.dataset.classNames }

    /// The images of a split.
    public subscript(split: Split) -> ImageSet {
        switch split {
        case .train: train
        case .test: test
        }
    }

    /// The data set with a subset of each split, always the same images; nil keeps the whole split.
    /// - Throws: ``DatasetError/sampleCount(dataset:split:requested:available:)``
    public func subset(train trainCount: Int?, test testCount: Int?) throws -> Dataset {
        Dataset(kind: kind, train: try subset(.train, trainCount), test: try subset(.test, testCount))
    }

    /// Training images that are kept back for validation, always the same; none of them is in a subset of at most all the others.
    /// - Throws: ``DatasetError/sampleCount(dataset:split:requested:available:)``
    public func validation(_ count: Int) throws -> ImageSet {
        try train.keptBack(count, of: kind.dataset.identityName, .train)
    }

    private func subset(_ split: Split, _ count: Int?) throws -> ImageSet {
        guard let count else { return self[split] }
        return try self[split].subset(count, of: kind.dataset.identityName, split)
    }

    /// The same data set at half the height and width.
    public func halved() -> Dataset {
        Dataset(kind: kind, train: train.halved(), test: test.halved())
    }
}

extension Dataset: CustomStringConvertible {
    /// Name and shapes, not the pixels.
    public var description: String { "Dataset(\(name), train: \(train), test: \(test))" }
}
