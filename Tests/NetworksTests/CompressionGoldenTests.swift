import Specs
import Tensors
import Testing

@testable import Networks

@Suite("Golden vectors of principal components")
struct CompressionGoldenTests {
    @Test("are all present")
    func present() {
        #expect(Golden.names("compress-dense").count == 3 && Golden.names("compress-convolution").count == 3)
    }

    /// Mean, variances and the projector V·Vᵀ of samples, of which rows are added in two parts.
    private func components(_ samples: [Float], columns: Int, _ golden: Safetensors) throws -> (PrincipalComponents, Int) {
        let rows = samples.count / columns, dimensions = try #require(golden.metadata["dimensions"].flatMap(Int.init))
        let x = Matrix(base: Scratch.floats(samples.count), rows: rows, columns: columns, stride: columns)
        for (index, value) in samples.enumerated() { x.base[index] = value }
        var statistics = InputStatistics(inputs: columns, samples: rows, components: dimensions)
        statistics.add(x[rows: 0..<rows / 3])
        statistics.add(x[rows: rows / 3..<rows])
        let found = try #require(statistics.components())
        #expect(relativeError(found.mean.map(Float.init), try golden.floats("mean")) < 1e-5)
        #expect(relativeError(found.variances.map(Float.init), try golden.floats("eigenvalues")) < 1e-4)
        var projector = [Float](repeating: 0, count: columns * columns)
        for index in 0..<dimensions {
            let vector = found.component(index)
            for row in 0..<columns {
                for column in 0..<columns { projector[row * columns + column] += Float(vector[row] * vector[column]) }
            }
        }
        #expect(relativeError(projector, try golden.floats("projector")) < 1e-3)
        return (found, dimensions)
    }

    @Test("a dense layer over components", arguments: Golden.names("compress-dense"))
    func dense(_ name: String) throws {
        let golden = try Golden.load(name), shape = try golden.shape("weight"), (n, m) = (shape[0], shape[1])
        let (found, dimensions) = try components(try golden.floats("samples"), columns: n, golden)
        let full = NetworkPlan(LinearPart.mlp.build(LinearPartShape(widths: [n, m], batch: 1)))
        let weight = try golden.floats("weight")
        full.parameters[0].value.assign((0..<m * n).map { weight[$0 % n * m + $0 / n] })
        try golden.load("bias", into: full.parameters[1].value)
        var small = LinearPartShape(widths: [n, m], batch: 6)
        small.components = [dimensions]
        let plan = NetworkPlan(LinearPart.mlp.build(small))
        Compressor([found], at: [0], of: full, to: CompressedShape(dimensions: [dimensions], outputs: [m])).fill(plan, from: full)
        let network = Network(plan, capacity: 6, workers: Workers(threads: 2)), x = try golden.floats("x")
        for row in 0..<6 { for column in 0..<n { network.input(6).row(row)[column] = x[row * n + column] } }
        let y = network.forward(6)
        #expect(relativeError((0..<6 * m).map { y.row($0 / m)[$0 % m] }, try golden.floats("y_compressed")) < 1e-4)
        if dimensions == n {
            #expect(relativeError(try golden.floats("y_full"), try golden.floats("y_compressed")) < 1e-5)
        }
    }

    @Test("a convolution over components pads before the mean is subtracted", arguments: Golden.names("compress-convolution"))
    func convolution(_ name: String) throws {
        let golden = try Golden.load(name), input = try golden.imageShape("x"), sides = try golden.shape("weight")
        let stride = try #require(golden.metadata["stride"].flatMap(Int.init))
        let x = try golden.channelsLast("x"), images = try golden.shape("x")[0]
        let (found, d) = try components(x, columns: input.channels, golden)
        let principal = PrincipalInput(("components", "mean"), dimensions: d, inputs: input.channels)
        principal.components.value.assign((0..<d).flatMap { found.component($0).map(Float.init) })
        principal.mean.value.assign(found.mean.map(Float.init))
        let projection = ProjectionLayer(principal: principal, input: input)
        let products = ConvolutionProducts(projection.output, channels: sides[0], kernel: sides[2], stride: stride, padding: 1)
        let inner = DenseConvolutionLayer("features.1", products, hasReLU: false)
        let weight = try golden.channelsLast("weight"), bias = try golden.floats("bias"), channels = input.channels
        let taps = weight.count / sides[0] / channels
        // W·V of each tap, and b + W·μ.
        var (projectedWeight, projectedBias) = ([Float](), [Float]())
        for output in 0..<sides[0] {
            var shift = Double(bias[output])
            for tap in 0..<taps {
                let row = weight[((output * taps) + tap) * channels..<((output * taps) + tap + 1) * channels].map(Double.init)
                for index in 0..<d {
                    projectedWeight.append(Float(zip(row, found.component(index)).map { $0 * $1 }.reduce(0, +)))
                }
                shift += zip(row, found.mean).map { $0 * $1 }.reduce(0, +)
            }
            projectedBias.append(Float(shift))
        }
        inner.weight.value.assign(projectedWeight)
        inner.bias?.value.assign(projectedBias)
        let layer = PrincipalConvolutionLayer(principal, inner), output = layer.output
        let memory = { (shape: Shape) in
            Matrix(
                base: Scratch.floats(images * shape.stride), rows: images, columns: shape.count, stride: shape.stride)
        }
        let (read, projected, y) = (memory(input), memory(projection.output), memory(output))
        for (index, value) in x.enumerated() { read.row(index / input.count)[index % input.count] = value }
        let pass = Pass(workspace: Workspace(Workers(threads: 2), layer.workspace(batch: images)), place: nil)
        projection.forward(read, into: projected, pass)
        layer.forward(projected, into: y, pass)
        let values = (0..<images * output.count).map { y.row($0 / output.count)[$0 % output.count] }
        #expect(relativeError(values, try golden.channelsLast("y_compressed")) < 1e-4)
        // As one convolution over channels it is the same.
        let expanded = DenseConvolutionLayer(
            "features.1", ConvolutionProducts(input, channels: sides[0], kernel: sides[2], stride: stride, padding: 1),
            hasReLU: false)
        layer.expand(0..<sides[0], into: expanded.weight.value.matrix)
        expanded.bias?.value.assign(Array(try #require(layer.bias).value.elements))
        let again = memory(output)
        let wide = Pass(workspace: Workspace(Workers(threads: 2), expanded.workspace(batch: images)), place: nil)
        expanded.forward(read, into: again, wide)
        #expect(relativeError((0..<values.count).map { again.row($0 / output.count)[$0 % output.count] }, values) < 1e-5)
    }
}
