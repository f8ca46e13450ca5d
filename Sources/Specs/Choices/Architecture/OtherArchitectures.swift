// Networks beyond the first paper's: those of Waleffe and Rekatsinas, "Principal Component Networks" (arXiv 2006.13347), and one for
// graphs.

extension Architecture {
    /// Two pairs of convolutions, each pair followed by a pool, and three dense layers.
    public static let conv4 = Architecture(
        name: "conv4", summary: "two pairs of convolutions, pools, and hidden widths 256 and 256", displayName: "Conv4",
        features: pairs([64, 128]), hiddenWidths: [256, 256], inputSide: \.side)

    /// Three pairs.
    public static let conv6 = Architecture(
        name: "conv6", summary: "three pairs of convolutions, pools, and hidden widths 256 and 256", displayName: "Conv6",
        features: pairs([64, 128, 256]), hiddenWidths: [256, 256], inputSide: \.side)

    /// VGG16 with batch norm and a global average pool.
    public static let vgg16 = Architecture(
        name: "vgg16", summary: "13 convolutions with batch norm, pools, and a global average pool", displayName: "VGG16",
        features: [[64, 64], [128, 128], [256, 256, 256], [512, 512, 512], [512, 512, 512]].enumerated().flatMap { index, group in
            (index == 0 ? [] : [FeatureLayer.maxPool(kernel: 2, stride: 2)])
                + group.map { .normalisedConvolution(channels: $0, kernel: 3, stride: 1, padding: 1) }
        } + [.averagePool(side: 1)],
        hiddenWidths: [], inputSide: \.side)

    /// Nine residual blocks (He, Zhang, Ren and Sun 2016) with 1×1 projections, and a global average pool.
    public static let resnet20 = Architecture(
        name: "resnet20", summary: "nine residual blocks with batch norm, and a global average pool", displayName: "ResNet20",
        features: [.normalisedConvolution(channels: 16, kernel: 3, stride: 1, padding: 1)]
            + [(16, 1), (16, 1), (16, 1), (32, 2), (32, 1), (32, 1), (64, 2), (64, 1), (64, 1)].map {
                .residual(channels: $0, stride: $1)
            } + [.averagePool(side: 1)],
        hiddenWidths: [], filters: 16, inputSide: \.side)

    /// Two graph convolutions (Kipf and Welling, ICLR 2017), with dropout before each: σ(Â·H·W + b).
    public static let gcn = Architecture(
        name: "gcn", summary: "two graph convolutions, on the nodes of a graph", displayName: "GCN", hiddenWidths: [16],
        dropout: 0.5, dropped: .all, readsGraph: true, inputSide: \.side)

    private static func pairs(_ channels: [Int]) -> [FeatureLayer] {
        channels.flatMap { channels -> [FeatureLayer] in
            let convolution = FeatureLayer.convolution(channels: channels, kernel: 3, stride: 1, padding: 1)
            return [convolution, convolution, .maxPool(kernel: 2, stride: 2)]
        }
    }
}
