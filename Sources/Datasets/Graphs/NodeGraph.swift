import Specs
import Tensors

/// A graph whose nodes are classified: their features, the edges, and which nodes are trained on, selected by and tested on.
public struct NodeGraph: Sendable {
    /// Every node as an image of one pixel with a channel for each feature, and its class.
    public let nodes: ImageSet
    /// Pairs of nodes, in any direction.
    public let edges: [(Int, Int)]
    public let train: [Int32]
    public let validation: [Int32]
    public let test: [Int32]

    /// Splits the nodes in an order that follows from the data set's name: as many of each class to train on as it says, of the others some
    /// to select by and then some to test with.
    /// - Precondition: there are as many.
    public init(nodes: ImageSet, edges: [(Int, Int)], of dataset: DatasetName) {
        let classes = dataset.classes
        (self.nodes, self.edges) = (nodes, edges)
        var left = [Int](repeating: dataset.trainImages / classes, count: classes), train: [Int32] = [], others: [Int32] = []
        for node in RandomStream(seed: 1, purpose: "split/\(dataset.name)").permutation(nodes.count) {
            let label = Int(nodes.labels[Int(node)])
            if left[label] > 0 {
                left[label] -= 1
                train.append(node)
            } else {
                others.append(node)
            }
        }
        precondition(train.count == dataset.trainImages && others.count >= dataset.validationNodes + dataset.testImages)
        self.train = train.sorted()
        validation = others.prefix(dataset.validationNodes).sorted()
        test = others.dropFirst(dataset.validationNodes).prefix(dataset.testImages).sorted()
    }

    /// Â = D̃^−½·(A + I)·D̃^−½, what a graph convolution multiplies by.
    public var adjacency: SparseMatrix { SparseMatrix(normalisedAdjacencyOf: edges, nodes: nodes.count) }

    /// All nodes, of which only those of a split have labels: the others have `DatasetName.unlabelled`.
    public func labelled(_ split: some Sequence<Int32>) -> ImageSet {
        var labels = [UInt8](repeating: DatasetName.unlabelled, count: nodes.count)
        for node in split { labels[Int(node)] = nodes.labels[Int(node)] }
        return ImageSet(channels: nodes.channels, height: 1, width: 1, pixels: nodes.pixels, labels: labels)
    }

    /// The nodes of a split alone.
    func images(_ indices: [Int32]) -> ImageSet {
        let size = nodes.imageSize
        return ImageSet(
            channels: nodes.channels, height: 1, width: 1,
            pixels: indices.flatMap { nodes.pixels[Int($0) * size..<(Int($0) + 1) * size] },
            labels: indices.map { nodes.labels[Int($0)] })
    }
}
