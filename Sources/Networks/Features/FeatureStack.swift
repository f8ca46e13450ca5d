import Specs
import Tensors

/// A chain of convolutions, residual blocks and pools; each takes the output shape of the one before.
public struct FeatureStack: Sendable {
    public private(set) var layers: [any Layer] = []
    public private(set) var parameters: [Parameter] = []
    private var shape: Shape
    private let seed: UInt64
    private let points: Points?
    /// Of the output channels of the layers so far, where convolutions are computed from points.
    private var cloud: Parameter?
    private var convolutions = 0
    private var blocks = 0
    /// The most images of a pass.
    private let batch: Int

    /// The point clouds that convolutions are computed from (§6.4).
    public struct Points: Sendable {
        let d: Int
        let weightFunction: WeightFunction

        public init(d: Int, weightFunction: WeightFunction) { (self.d, self.weightFunction) = (d, weightFunction) }
    }

    /// - Parameters:
    ///   - input: the sides of an image.
    ///   - batch: the most images of a pass, for which residual blocks keep what is between their layers.
    ///   - points: nil for convolutions whose weights are stored.
    public init(_ input: Shape, seed: UInt64, batch: Int = 1, points: Points? = nil) {
        (shape, self.seed, self.batch, self.points) = (input, seed, batch, points)
    }

    /// A convolution and ReLU.
    /// - Parameter components: of its input, over which it is; 0 for one over the input itself.
    public mutating func convolution(_ channels: Int, kernel: Int, stride: Int = 1, padding: Int = 0, components: Int = 0) {
        let name = "features.\(convolutions)", principal = project(name, components)
        let products = ConvolutionProducts(
            shape, channels: channels, kernel: kernel, stride: stride, padding: padding, hasInputGradient: !layers.isEmpty)
        convolutions += 1
        if let points {
            appendPointCloud(name, products, points)
        } else {
            appendDense(name, products, principal)
        }
    }

    private mutating func appendDense(_ name: String, _ products: ConvolutionProducts, _ principal: PrincipalInput?) {
        let layer = dense(name, products, hasReLU: true, hasBias: true)
        parameters += [layer.weight, layer.bias].compactMap(\.self)
        append(principal.map { PrincipalConvolutionLayer($0, layer) } ?? layer)
    }

    /// Appends the projection of the current channels to so many components; nil and nothing for 0.
    private mutating func project(_ name: String, _ components: Int) -> PrincipalInput? {
        guard components > 0 else { return nil }
        let layer = projection(name, components, shape)
        append(layer)
        return layer.principal
    }

    private mutating func projection(_ name: String, _ components: Int, _ input: Shape) -> ProjectionLayer {
        let principal = PrincipalInput(
            (name + ".components", name + ".mean"), dimensions: components, inputs: input.channels)
        parameters += principal.parameters
        return ProjectionLayer(principal: principal, input: input)
    }

    /// Initialised as PyTorch does: weights and biases uniform in ±1/√(k·k·C) (§4.4).
    private func dense(_ name: String, _ products: ConvolutionProducts, hasReLU: Bool, hasBias: Bool) -> DenseConvolutionLayer {
        let layer = DenseConvolutionLayer(name, products, hasReLU: hasReLU, hasBias: hasBias)
        let bound = 1 / Double(products.patch).squareRoot()
        for parameter in [layer.weight, layer.bias].compactMap(\.self) { parameter.initialise(seed: seed, bound: bound) }
        return layer
    }

    /// A convolution without a bias, batch norm and ReLU.
    public mutating func normalisedConvolution(
        _ channels: Int, kernel: Int, stride: Int = 1, padding: Int = 0, components: Int = 0
    ) {
        let name = "features.\(convolutions)", principal = project(name, components)
        convolutions += 1
        for layer in normalised(
            name, name + ".norm", principal, shape, channels, kernel: kernel, stride: stride, padding: padding, hasReLU: true,
            hasInputGradient: !layers.isEmpty)
        { append(layer) }
    }

    /// A basic residual block (He et al. 2016): two convolutions 3×3 with batch norm, and a shortcut, which is a convolution 1×1 with
    /// batch norm where the shape changes. Parameters are called as in torchvision's `BasicBlock`.
    /// - Parameter components: of the block's input, which its first convolution and a projection shortcut share, and of the second
    ///   convolution's; 0 for a convolution over its input itself.
    public mutating func residual(_ channels: Int, stride: Int, components: (Int, Int) = (0, 0)) {
        let name = "features.blocks.\(blocks)", isPlain = stride == 1 && channels == shape.channels
        blocks += 1
        let shared = isPlain ? nil : project(name, components.0)
        let input = shape
        var main: [any Layer] = [], first = shared
        if isPlain, components.0 > 0 {
            let layer = projection(name + ".conv1", components.0, input)
            (main, first) = ([layer], layer.principal)
        }
        main += normalised(
            name + ".conv1", name + ".bn1", first, main.last?.output ?? input, channels, kernel: 3, stride: stride, padding: 1,
            hasReLU: true)
        var second: PrincipalInput?
        if components.1 > 0 {
            let layer = projection(name + ".conv2", components.1, main[main.count - 1].output)
            main.append(layer)
            second = layer.principal
        }
        main += normalised(
            name + ".conv2", name + ".bn2", second, main[main.count - 1].output, channels, kernel: 3, stride: 1, padding: 1,
            hasReLU: false)
        let shortcut =
            isPlain
            ? []
            : normalised(
                name + ".downsample.0", name + ".downsample.1", shared, input, channels, kernel: 1, stride: stride, padding: 0,
                hasReLU: false)
        append(
            ResidualLayer(
                shortcut.isEmpty ? [main] : [main, shortcut], hasIdentity: shortcut.isEmpty, hasReLU: true, batch: batch))
    }

    /// A convolution without a bias and its batch norm; their parameters are taken in. Over components it has a bias.
    private mutating func normalised(
        _ name: String, _ norm: String, _ principal: PrincipalInput?, _ input: Shape, _ channels: Int, kernel: Int, stride: Int,
        padding: Int, hasReLU: Bool,
        hasInputGradient: Bool = true
    ) -> [any Layer] {
        let products = ConvolutionProducts(
            input, channels: channels, kernel: kernel, stride: stride, padding: padding, hasInputGradient: hasInputGradient)
        let convolution = dense(name, products, hasReLU: false, hasBias: principal != nil)
        let layer = BatchNormLayer(norm, products.output, hasReLU: hasReLU)
        parameters += [convolution.weight, convolution.bias].compactMap(\.self) + layer.parameters
        return [principal.map { PrincipalConvolutionLayer($0, convolution) } ?? convolution, layer]
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

    private mutating func append(_ layer: any Layer) {
        layers.append(layer)
        shape = layer.output
    }
}
