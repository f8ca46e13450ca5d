import Specs
import Tensors

/// A chain of convolutions and pools; each takes the output shape of the one before.
public struct FeatureStack: Sendable {
    public private(set) var layers: [any Layer] = []
    public private(set) var parameters: [Parameter] = []
    private var shape: Shape
    private let seed: UInt64
    private let points: Points?
    /// Of the output channels of the layers so far, where convolutions are computed from points.
    private var cloud: Parameter?
    private var convolutions = 0

    /// The point clouds that convolutions are computed from (§6.4).
    public struct Points: Sendable {
        let d: Int
        let weightFunction: WeightFunction

        public init(d: Int, weightFunction: WeightFunction) { (self.d, self.weightFunction) = (d, weightFunction) }
    }

    /// - Parameters:
    ///   - input: the sides of an image.
    ///   - points: nil for convolutions whose weights are stored.
    public init(_ input: Shape, seed: UInt64, points: Points? = nil) { (shape, self.seed, self.points) = (input, seed, points) }

    /// A convolution and ReLU.
    public mutating func convolution(_ channels: Int, kernel: Int, stride: Int = 1, padding: Int = 0) {
        let name = "features.\(convolutions)"
        let products = ConvolutionProducts(
            shape, channels: channels, kernel: kernel, stride: stride, padding: padding, hasInputGradient: !layers.isEmpty)
        convolutions += 1
        if let points {
            appendPointCloud(name, products, points)
        } else {
            appendDense(name, products)
        }
    }

    /// Initialised as PyTorch does: weights and biases uniform in ±1/√(k·k·C) (§4.4).
    private mutating func appendDense(_ name: String, _ products: ConvolutionProducts) {
        let layer = DenseConvolutionLayer(name, products)
        let bound = 1 / Double(products.patch).squareRoot()
        for parameter in [layer.weight, layer.bias] { parameter.initialise(seed: seed, bound: bound) }
        parameters += [layer.weight, layer.bias]
        append(layer)
    }

    /// The channels between two convolutions are one cloud, pools or not. Positions and offsets are uniform in [−1, 1] and biases
    /// in [−0.1, 0.1], and their updates have the factors, that the paper gives for linear layers (§4.4, §4.5).
    private mutating func appendPointCloud(_ name: String, _ products: ConvolutionProducts, _ points: Points) {
        let inputCloud = cloud ?? newCloud(points.d)
        let taps = products.kernel * products.kernel
        let offsets = Parameter(name + ".taps", [taps, points.d], rateFactor: WeightFunction.rateFactor(taps))
        let bias = Parameter(
            name + ".bias", [products.output.channels], rateFactor: WeightFunction.biasRateFactor)
        offsets.initialise(seed: seed, bound: 1)
        bias.initialise(seed: seed, bound: 0.1)
        parameters += [offsets, bias]
        shape = products.output
        let outputCloud = newCloud(points.d), tapCloud = TapCloud(channels: inputCloud, taps: offsets)
        let positions = Tensor(products.patch, points.d)
        tapCloud.write(into: positions.matrix)
        append(
            PointCloudConvolutionLayer(
                name: name, products: products, inputCloud: tapCloud, outputCloud: outputCloud, bias: bias,
                kernel: points.weightFunction.kernel(between: positions.matrix, and: outputCloud.value.matrix)))
        withExtendedLifetime(positions) {}
    }

    /// A cloud for the current channels.
    private mutating func newCloud(_ d: Int) -> Parameter {
        let index = cloud == nil ? 0 : convolutions
        let cloud = Parameter(
            "features.clouds.\(index)", [shape.channels, d], rateFactor: WeightFunction.rateFactor(shape.channels),
            isShared: true)
        cloud.initialise(seed: seed, bound: 1)
        parameters.append(cloud)
        self.cloud = cloud
        return cloud
    }

    public mutating func maxPool(kernel: Int, stride: Int) { append(MaxPoolLayer(shape, kernel: kernel, stride: stride)) }
    public mutating func globalMaxPool() { append(MaxPoolLayer(shape, kernel: shape.height, stride: shape.height)) }
    public mutating func averagePool(side: Int) { append(AveragePoolLayer(input: shape, side: side)) }

    private mutating func append(_ layer: some Layer) {
        layers.append(layer)
        shape = layer.output
    }
}
