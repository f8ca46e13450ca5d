import Tensors

/// The convolutional features of the paper's networks (Figure 3, §4.1), for images of any size that leaves them something.
public enum Features: String, Sendable, CaseIterable {
    /// The images themselves, as one vector.
    case none
    /// Four convolutions of stride 2, then the largest of what is left, channel by channel.
    case convnet
    /// AlexNet's five convolutions and its pools, averaged to 6 × 6.
    case alexnet

    /// The layers, freshly initialised, with their parameters.
    public func build(_ input: Shape, seed: UInt64) -> (layers: [any Layer], parameters: [Parameter]) {
        var stack = FeatureStack(input, seed: seed)
        switch self {
        case .none: break
        case .convnet:
            stack.convolution(32, kernel: 7, stride: 2, padding: 3)
            for channels in [128, 512, 1024] { stack.convolution(channels, kernel: 3, stride: 2, padding: 1) }
            stack.globalMaxPool()
        case .alexnet:
            stack.convolution(64, kernel: 11, stride: 4, padding: 2)
            stack.maxPool(kernel: 3, stride: 2)
            stack.convolution(192, kernel: 5, padding: 2)
            stack.maxPool(kernel: 3, stride: 2)
            for channels in [384, 256, 256] { stack.convolution(channels, kernel: 3, padding: 1) }
            stack.maxPool(kernel: 3, stride: 2)
            stack.averagePool(side: 6)
        }
        return (stack.layers, stack.parameters)
    }

    /// Whether AlexNet's dropout stands before the linear layers.
    public var hasDropout: Bool { self == .alexnet }
}

/// Layers one after the other, each made for what the one before puts out.
private struct FeatureStack {
    private(set) var layers: [any Layer] = []
    private(set) var parameters: [Parameter] = []
    private var shape: Shape
    private let seed: UInt64

    init(_ input: Shape, seed: UInt64) { (shape, self.seed) = (input, seed) }

    /// A convolution and ReLU, initialised as PyTorch does: weights and biases uniform in ±1/√(k·k·C) (§4.4).
    mutating func convolution(_ channels: Int, kernel: Int, stride: Int = 1, padding: Int = 0) {
        let layer = ConvolutionLayer(
            "features.\(parameters.count / 2)", shape, channels: channels, kernel: kernel, stride: stride, padding: padding)
        let bound = 1 / Double(kernel * kernel * shape.channels).squareRoot()
        for parameter in [layer.weight, layer.ownBias] { parameter.initialise(seed: seed, bound: bound) }
        parameters += [layer.weight, layer.ownBias]
        append(layer)
    }

    mutating func maxPool(kernel: Int, stride: Int) { append(MaxPoolLayer(shape, kernel: kernel, stride: stride)) }
    mutating func globalMaxPool() { append(MaxPoolLayer(shape, kernel: shape.height, stride: shape.height)) }
    mutating func averagePool(side: Int) { append(AveragePoolLayer(input: shape, side: side)) }

    private mutating func append(_ layer: some Layer) {
        layers.append(layer)
        shape = layer.output
    }
}
