import Tensors

/// Convolutions and pools one after the other, each made for what the one before puts out.
public struct FeatureStack: Sendable {
    public private(set) var layers: [any Layer] = []
    public private(set) var parameters: [Parameter] = []
    private var shape: Shape
    private let seed: UInt64
    private let points: Points?
    /// Of the channels that come out of the layers so far, where convolutions are made from points.
    private var cloud: Parameter?
    private var convolutions = 0

    /// What convolutions made from points are made of (§6.4).
    public struct Points: Sendable {
        let d: Int
        let form: PointCloudForm

        public init(d: Int, form: PointCloudForm) { (self.d, self.form) = (d, form) }
    }

    /// - Parameters:
    ///   - input: the sides of an image.
    ///   - points: nil for convolutions whose weights are stored.
    public init(_ input: Shape, seed: UInt64, points: Points? = nil) { (shape, self.seed, self.points) = (input, seed, points) }

    /// A convolution and ReLU.
    public mutating func convolution(_ channels: Int, kernel: Int, stride: Int = 1, padding: Int = 0) {
        let name = "features.\(convolutions)"
        let convolution = Convolution(shape, channels: channels, kernel: kernel, stride: stride, padding: padding)
        convolutions += 1
        if let points {
            appendPointCloud(name, convolution, points)
        } else {
            appendDense(name, convolution)
        }
    }

    /// Initialised as PyTorch does: weights and biases uniform in ±1/√(k·k·C) (§4.4).
    private mutating func appendDense(_ name: String, _ convolution: Convolution) {
        let layer = DenseConvolutionLayer(name, convolution)
        let bound = 1 / Double(convolution.patch).squareRoot()
        for parameter in [layer.weight, layer.ownBias] { parameter.initialise(seed: seed, bound: bound) }
        parameters += [layer.weight, layer.ownBias]
        append(layer)
    }

    /// The channels between two convolutions are one cloud, pools or not. Positions and offsets are uniform in [−1, 1] and biases
    /// in [−0.1, 0.1], and their updates have the factors, that the paper gives for linear layers (§4.4, §4.5).
    private mutating func appendPointCloud(_ name: String, _ convolution: Convolution, _ points: Points) {
        let inputCloud = cloud ?? newCloud(points.d)
        let taps = convolution.kernel * convolution.kernel
        let offsets = Parameter(name + ".taps", [taps, points.d], rateFactor: PointCloudForm.rateFactor(taps))
        let bias = Parameter(
            name + ".bias", [convolution.output.channels], rateFactor: PointCloudForm.rateFactorOfBiases)
        offsets.initialise(seed: seed, bound: 1)
        bias.initialise(seed: seed, bound: 0.1)
        parameters += [offsets, bias]
        shape = convolution.output
        let outputCloud = newCloud(points.d)
        append(
            PointCloudConvolutionLayer(
                name: name, convolution: convolution, inputCloud: TapCloud(channels: inputCloud, taps: offsets),
                outputCloud: outputCloud, ownBias: bias, wave: points.form.kernel(inputs: convolution.patch),
                distance: points.form.distance))
    }

    /// Of the channels that there are now.
    private mutating func newCloud(_ d: Int) -> Parameter {
        let index = cloud == nil ? 0 : convolutions
        let cloud = Parameter(
            "features.clouds.\(index)", [shape.channels, d], rateFactor: PointCloudForm.rateFactor(shape.channels),
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
