import Specs
import Tensors

/// The generated graph: a contextual stochastic block model (Deshpande, Sen, Montanari and Mossel 2018). Nodes of one class are linked more
/// often than others, and the features of a node are those of its class under noise. It is a pure function of ``version``.
///
/// Either alone does not suffice: by features a node is classified in about six of ten cases, by its neighbours' too in about nine.
enum Communities {
    /// Must be raised whenever a number of the set changes, because results of different versions are not comparable.
    static let version = 1
    /// Name of the generator; the digest is that of the name and the version.
    static let generator = "pcnlab-communities"
    private static let (nodes, classes, features) = (
        DatasetName.communities.nodes!, DatasetName.communities.classes, DatasetName.communities.channels
    )
    /// The probability of an edge within a class and between classes, of 2¹⁶.
    private static let within: UInt64 = 983, between: UInt64 = 164
    /// How far a class's features are from the middle, in grey levels, and the factor of the noise, a centred binomial (64, ½).
    private static let signal = 6, noise = 8

    static func generate() -> NodeGraph {
        let labels = (0..<nodes).map { UInt8($0 % classes) }
        let means = RandomStream(seed: UInt64(version), purpose: "\(generator)/means")
        let noises = RandomStream(seed: UInt64(version), purpose: "\(generator)/noise")
        let pixels = (0..<nodes).flatMap { node in
            (0..<features).map { feature -> UInt8 in
                let sign = means.bits(Int(labels[node]) * features + feature) & 1 == 0 ? -1 : 1
                let error = (noises.bits(node * features + feature).nonzeroBitCount - 32) * noise
                return UInt8(clamping: 128 + sign * signal + error)
            }
        }
        let pairs = RandomStream(seed: UInt64(version), purpose: "\(generator)/edges")
        var edges: [(Int, Int)] = []
        for one in 0..<nodes {
            for other in one + 1..<nodes {
                let likely = labels[one] == labels[other] ? within : between
                if pairs.bits(one * nodes + other) >> 48 < likely { edges.append((one, other)) }
            }
        }
        return NodeGraph(
            nodes: ImageSet(channels: features, height: 1, width: 1, pixels: pixels, labels: labels), edges: edges,
            of: .communities)
    }
}
