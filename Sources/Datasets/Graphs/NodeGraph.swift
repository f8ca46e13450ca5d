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

    /// Nodes of each class that are trained on.
    static let trainPerClass = 20
    /// Nodes that a search selects by.
    static let validationNodes = 500
    static let testNodes = 1000

    /// Splits the nodes in an order that follows from a name: of each class the first 20 are trained on, of the others the first 500 are
    /// for validation and the next 1,000 for testing.
    /// - Precondition: there are as many.
    init(nodes: ImageSet, edges: [(Int, Int)], classes: Int, name: String) {
        (self.nodes, self.edges) = (nodes, edges)
        var left = [Int](repeating: Self.trainPerClass, count: classes), train: [Int32] = [], others: [Int32] = []
        for node in RandomStream(seed: 1, purpose: "split/\(name)").permutation(nodes.count) {
            let label = Int(nodes.labels[Int(node)])
            if left[label] > 0 {
                left[label] -= 1
                train.append(node)
            } else {
                others.append(node)
            }
        }
        precondition(others.count >= Self.validationNodes + Self.testNodes)
        self.train = train.sorted()
        validation = others.prefix(Self.validationNodes).sorted()
        test = others.dropFirst(Self.validationNodes).prefix(Self.testNodes).sorted()
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
