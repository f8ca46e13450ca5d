import Tensors

/// Convolutions and pools one after the other, each made for what the one before puts out.
public struct FeatureStack: Sendable {
    public private(set) var layers: [any Layer] = []
    public private(set) var parameters: [Parameter] = []
    private var shape: Shape
    private let seed: UInt64

    /// - Parameter input: the sides of an image.
    public init(_ input: Shape, seed: UInt64) { (shape, self.seed) = (input, seed) }

    /// A convolution and ReLU, initialised as PyTorch does: weights and biases uniform in ±1/√(k·k·C) (§4.4).
    public mutating func convolution(_ channels: Int, kernel: Int, stride: Int = 1, padding: Int = 0) {
        let layer = ConvolutionLayer(
            "features.\(parameters.count / 2)", shape, channels: channels, kernel: kernel, stride: stride, padding: padding)
        let bound = 1 / Double(kernel * kernel * shape.channels).squareRoot()
        for parameter in [layer.weight, layer.ownBias] { parameter.initialise(seed: seed, bound: bound) }
        parameters += [layer.weight, layer.ownBias]
        append(layer)
    }

    public mutating func maxPool(kernel: Int, stride: Int) { append(MaxPoolLayer(shape, kernel: kernel, stride: stride)) }
    public mutating func globalMaxPool() { append(MaxPoolLayer(shape, kernel: shape.height, stride: shape.height)) }
    public mutating func averagePool(side: Int) { append(AveragePoolLayer(input: shape, side: side)) }

    private mutating func append(_ layer: some Layer) {
        layers.append(layer)
        shape = layer.output
    }
}
