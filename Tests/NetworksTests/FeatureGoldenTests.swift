import Specs
import Tensors
import Testing

@testable import Networks

@Suite("Golden vectors of convolutions and pools")
struct FeatureGoldenTests {
    @Test("are all present")
    func present() {
        #expect(Golden.names("conv2d").count == 6)
        #expect(["max-pool2d", "global-max-pool2d", "adaptive-average-pool2d"].map { Golden.names($0).count } == [3, 1, 4])
    }

    @Test("a convolution's forward and backward passes", arguments: Golden.names("conv2d"))
    func convolution(_ name: String) throws {
        let golden = try Golden.load(name)
        let number = { (key: String) in try #require(golden.metadata[key].flatMap(Int.init)) }
        let products = ConvolutionProducts(
            try golden.imageShape("x"), channels: try golden.shape("weight")[0], kernel: try number("kernel"),
            stride: try number("stride"), padding: try number("padding"))
        let layer = DenseConvolutionLayer("features.0", products, hasReLU: false)
        layer.weight.value.assign(try golden.channelsLast("weight"))
        try golden.load("bias", into: try #require(layer.bias).value)
        try check(layer, golden)
        #expect(relativeError(layer.weight.gradient.values, try golden.channelsLast("d_weight")) < 1e-4)
    }

    @Test("max pools", arguments: Golden.names("max-pool2d") + Golden.names("global-max-pool2d"))
    func maxPool(_ name: String) throws {
        let golden = try Golden.load(name)
        let shape = try golden.imageShape("x")
        let kernel = golden.metadata["kernel"].flatMap(Int.init) ?? shape.height
        try check(MaxPoolLayer(shape, kernel: kernel, stride: golden.metadata["stride"].flatMap(Int.init) ?? kernel), golden)
    }

    @Test("adaptive average pools", arguments: Golden.names("adaptive-average-pool2d"))
    func averagePool(_ name: String) throws {
        let golden = try Golden.load(name)
        let side = try #require(golden.metadata["output"].flatMap(Int.init))
        try check(AveragePoolLayer(input: try golden.imageShape("x"), side: side), golden)
    }

    @Test("batch norm in training and in evaluation, with its running statistics", arguments: Golden.names("batch-norm"))
    func batchNorm(_ name: String) throws {
        let golden = try Golden.load(name), layer = BatchNormLayer("norm", try golden.imageShape("x"), hasReLU: false)
        for (parameter, name) in zip(layer.parameters, ["weight", "bias", "running_mean_before", "running_variance_before"]) {
            try golden.load(name, into: parameter.value)
        }
        try check(layer, golden, at: BatchPlace())
        for (values, name) in [
            (layer.scale.gradient.values, "d_weight"), (layer.shift.gradient.values, "d_bias"),
            (layer.runningMean.value.values, "running_mean_after"),
            (layer.runningVariance.value.values, "running_variance_after"),
        ] { #expect(relativeError(values, try golden.floats(name)) < 1e-4, "\(name)") }
        let images = try golden.shape("x")[0]
        let (x, y) = (Tensor(images, layer.input.stride), Tensor(images, layer.input.stride))
        let view = { (tensor: Tensor) in
            Matrix(base: tensor.base, rows: images, columns: layer.input.count, stride: layer.input.stride)
        }
        view(x).assign(try golden.channelsLast("x"))
        layer.forward(
            view(x), into: view(y),
            Pass(workspace: Workspace(Workers(threads: 2), layer.workspace(batch: images)), place: nil))
        #expect(relativeError(view(y).elements, try golden.channelsLast("y_evaluation")) < 1e-4)
        withExtendedLifetime((x, y)) {}
    }

    @Test("a residual block, with and without a projection", arguments: Golden.names("residual-block"))
    func residual(_ name: String) throws {
        let golden = try Golden.load(name), input = try golden.imageShape("x"), images = try golden.shape("x")[0]
        var stack = FeatureStack(input, seed: 1, batch: images)
        stack.residual(try golden.shape("conv1.weight")[0], stride: try #require(golden.metadata["stride"].flatMap(Int.init)))
        let layer = try #require(stack.layers[0] as? ResidualLayer)
        let trained = stack.parameters.filter(\.isTrained)
        let name = { (parameter: Parameter) in parameter.name.replacing("features.blocks.0.", with: "") }
        for parameter in trained {
            parameter.value.assign(
                parameter.value.shape.count > 1 ? try golden.channelsLast(name(parameter)) : try golden.floats(name(parameter)))
        }
        try check(layer, golden, at: BatchPlace())
        for parameter in trained {
            let key = "d_" + name(parameter)
            let expected = parameter.value.shape.count > 1 ? try golden.channelsLast(key) : try golden.floats(key)
            #expect(relativeError(parameter.gradient.values, expected) < 1e-4, "\(key)")
        }
        #expect(trained.count == golden.names.count { $0.hasPrefix("d_") })
    }

    @Test("a polynomial of ReLU")
    func polynomial() throws {
        let golden = try Golden.load("poly-relu-0"), layer = PolyReLULayer(input: .vector(try golden.shape("x")[1]), name: "a")
        try golden.load("coefficients", into: layer.polynomial.value)
        try check(layer, golden)
        #expect(relativeError(layer.polynomial.gradient.values, try golden.floats("d_coefficients")) < 1e-4)
    }

    /// Checks y, dx and, for a convolution, the bias gradient.
    private func check(_ layer: some Layer, _ golden: Safetensors, at place: BatchPlace? = nil) throws {
        let images = try golden.shape("x")[0]
        let memory = { (shape: Shape) in
            let tensor = Tensor(images, shape.stride)
            return (tensor, Matrix(base: tensor.base, rows: images, columns: shape.count, stride: shape.stride))
        }
        let (x, y, dy, dx) = (memory(layer.input), memory(layer.output), memory(layer.output), memory(layer.input))
        x.1.assign(try golden.channelsLast("x"))
        dy.1.assign(try golden.channelsLast("dy"))
        let need = layer.workspace(batch: images)
        let pass = Pass(workspace: Workspace(Workers(threads: 2), need), place: place)
        let (result, gradient) = withExtendedLifetime((x, y, dy, dx)) {
            layer.forward(x.1, into: y.1, pass)
            // A layer is given the gradient before its own ReLU.
            if layer.hasReLU { dy.1.mask(by: y.1, pass.workers) }
            layer.backward(x.1, y.1, dy.1, into: InputGradient(dx.1), pass)
            return (y.1.elements, dx.1.elements)
        }
        #expect(relativeError(result, try golden.channelsLast("y")) < 1e-4)
        #expect(relativeError(gradient, try golden.channelsLast("dx")) < 1e-4)
        if let bias = (layer as? any ConvolutionLayer)?.bias {
            #expect(relativeError(bias.gradient.values, try golden.floats("d_bias")) < 1e-4)
        }
    }
}

extension Safetensors {
    /// The image shape of a (B, C, H, W) tensor.
    func imageShape(_ name: String) throws -> Shape {
        let sides = try shape(name)
        return Shape(sides[2], sides[3], sides[1])
    }

    /// The elements of a (B, C, …) tensor in the order (B, …, C).
    func channelsLast(_ name: String) throws -> [Float] {
        let (values, sides) = (try floats(name), try shape(name))
        let positions = sides.dropFirst(2).reduce(1, *)
        return (0..<sides[0]).flatMap { image in
            (0..<positions).flatMap { position in
                (0..<sides[1]).map { values[(image * sides[1] + $0) * positions + position] }
            }
        }
    }
}
