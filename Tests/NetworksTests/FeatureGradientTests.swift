import Foundation
import Specs
import Tensors
import Testing

@testable import Networks

/// Networks that together contain every kind of layer; the test `everyLayer` fails if one is missing.
enum FeatureCase: String, CaseIterable {
    case strided, overlapping, points, dotProducts, normalised, residual, polynomial, parallel, hourglass

    /// The weight functions of convolutions made from points.
    static let weightFunctions: [FeatureCase: WeightFunction] = [
        .points: WeightFunction(lambda: 2, epsilon: 0.7),
        .dotProducts: WeightFunction(distance: .dot, wave: .sine, lambda: 3, epsilon: 0.5),
    ]

    private var structure: Structure { self == .parallel ? .parallel : self == .hourglass ? .hourglass : .chain }

    private func widths(_ inputs: Int) -> [Int] {
        switch self {
        case .normalised: [inputs, 37, 8, 4]
        case .parallel: [inputs, 6, 8, 6, 5, 6, 4]
        case .hourglass: [12, 5, 12, 7, 12, 4]
        default: [inputs, 6, 8, 4]
        }
    }

    func plan() -> NetworkPlan {
        var features: FeatureStack
        switch self {
        case .strided:
            features = FeatureStack(Shape(11, 11, 3), seed: 5)
            features.convolution(18, kernel: 5, stride: 2, padding: 2)
            features.convolution(5, kernel: 1)
            features.convolution(7, kernel: 3, stride: 2, padding: 1)
            features.globalMaxPool()
        case .overlapping:
            features = FeatureStack(Shape(10, 10, 2), seed: 5)
            features.convolution(5, kernel: 5, stride: 1, padding: 2)
            features.maxPool(kernel: 3, stride: 2)
            features.convolution(17, kernel: 3, stride: 1, padding: 1)
            features.averagePool(side: 3)
        case .normalised, .polynomial, .parallel, .hourglass:
            features = FeatureStack(Shape(6, 6, 2), seed: 5)
            features.convolution(9, kernel: 3, stride: 2, padding: 1)
            features.globalMaxPool()
        case .residual:
            features = FeatureStack(Shape(6, 6, 3), seed: 5, batch: 3)
            features.normalisedConvolution(5, kernel: 3, padding: 1)
            features.residual(5, stride: 1)
            features.residual(18, stride: 2)
            features.averagePool(side: 1)
        case .points, .dotProducts:
            // Clouds of more than one tile; two convolutions share one across a pool.
            features = FeatureStack(Shape(7, 7, 3), seed: 5, points: .init(d: 3, weightFunction: Self.weightFunctions[self]!))
            features.convolution(17, kernel: 3, stride: 2, padding: 1)
            features.maxPool(kernel: 2, stride: 1)
            features.convolution(8, kernel: 1)
            features.convolution(5, kernel: 3)
            features.globalMaxPool()
        }
        let inputs = features.layers.last!.output.count
        let linear = LinearPart.mlp.build(
            LinearPartShape(widths: widths(inputs), seed: 5, batch: 3))
        let dropout: Dropout? =
            switch self {
            case .overlapping: Dropout(rate: 0.5, before: .allButLast, seed: 9)
            case .normalised: Dropout(rate: 0.2, before: .allButFirst, seed: 9)
            case .strided, .points, .dotProducts, .residual, .polynomial, .parallel, .hourglass: nil
            }
        return NetworkPlan(
            linear, after: features,
            LinearOptions(
                structure: structure, isNormalised: self == .normalised, isPolynomial: self == .polynomial, dropout: dropout,
                inputs: inputs, seed: 5, batch: 3))
    }
}

@Suite("Features against a float64 reference")
struct FeatureGradientTests {
    private let place = BatchPlace(epoch: 3, firstImage: 20)

    @Test("every kind of layer is covered by one of the networks")
    func everyLayer() {
        let kinds = Set(FeatureCase.allCases.flatMap { $0.plan().layers.map { String(describing: type(of: $0)) } })
        #expect(
            kinds == [
                "DenseConvolutionLayer", "PointCloudConvolutionLayer", "MaxPoolLayer", "AveragePoolLayer", "DropoutLayer",
                "LinearStage", "NormaliseLayer", "BatchNormLayer", "ResidualLayer",
                "PolyReLULayer",
            ],
            "add a new layer to a case and to `Reference`")
    }

    @Test("logits and every gradient match the formulas", arguments: FeatureCase.allCases)
    func gradients(_ kind: FeatureCase) {
        let plan = kind.plan(), batch = 3, labels: [UInt8] = [0, 3, 1]
        let network = Network(plan, capacity: batch, workers: Workers(threads: 2))
        let stream = RandomStream(seed: 3, purpose: "images")
        let images = (0..<batch).map { row in
            (0..<network.features).map { stream.uniform(row * network.features + $0, in: -2..<2) }
        }
        for (row, image) in images.enumerated() { network.input(batch).row(row).update(from: image, count: image.count) }
        let score = network.gradient(batch, labels: labels, at: place)
        let logits = network.forward(batch, at: place).elements

        var reference = Reference(plan, place, FeatureCase.weightFunctions[kind])
        let exact = images.map { $0.map(Double.init) }
        #expect(abs(score.meanLoss - reference.loss(exact, labels)) < 1e-5)
        #expect(relativeError(logits, reference.logits(exact).flatMap { $0.map { Float($0) } }) < 1e-5)
        for parameter in plan.parameters where parameter.isTrained {
            // About a hundred elements of a large parameter at an odd stride, which covers all kernels, taps and channels.
            let indices = Array(stride(from: 0, to: parameter.value.count, by: parameter.value.count / 100 | 1))
            let quotients = indices.map { index -> Float in
                let value = reference.parameters[parameter.name]![index], h = 1e-6
                reference.parameters[parameter.name]![index] = value + h
                let above = reference.loss(exact, labels)
                reference.parameters[parameter.name]![index] = value - h
                let below = reference.loss(exact, labels)
                reference.parameters[parameter.name]![index] = value
                return Float((above - below) / (2 * h))
            }
            let error = relativeError(indices.map { parameter.gradient.elements[$0] }, quotients)
            #expect(error < 1e-3, "\(parameter.name): \(error)")
        }
    }

    @Test("nothing is dropped in evaluation; in training the batch's place selects the dropped elements")
    func dropout() {
        let network = Network(FeatureCase.overlapping.plan(), capacity: 3, workers: Workers(threads: 1))
        network.input(3).assign((0..<600).map { Float($0 % 7) })
        let evaluated = network.forward(3).elements
        let first = network.forward(3, at: place).elements
        #expect(network.forward(3).elements == evaluated && network.forward(3, at: place).elements == first)
        #expect(first != evaluated)
        #expect(network.forward(3, at: BatchPlace(epoch: 4, firstImage: 20)).elements != first)
        #expect(network.forward(3, at: BatchPlace(epoch: 3, firstImage: 21)).elements != first)
    }

    @Test("bits do not depend on the number of threads", arguments: FeatureCase.allCases)
    func threads(_ kind: FeatureCase) {
        let results = [1, 2, 5].map { threads -> [Float] in
            let plan = kind.plan()
            let network = Network(plan, capacity: 3, workers: Workers(threads: threads))
            network.input(3).assign((0..<3 * network.features).map { Float($0 % 11) - 5 })
            _ = network.gradient(3, labels: [0, 1, 2], at: place)
            return plan.parameters.flatMap(\.gradient.values)
        }
        #expect(results[0] == results[1] && results[0] == results[2])
    }
}

/// A float64 implementation of the layers' definitions.
private struct Reference {
    let layers: [any Layer]
    let place: BatchPlace
    let weightFunction: WeightFunction?
    var parameters: [String: [Double]]

    init(_ plan: NetworkPlan, _ place: BatchPlace, _ weightFunction: WeightFunction?) {
        (layers, self.place, self.weightFunction) = (plan.layers, place, weightFunction)
        parameters = Dictionary(uniqueKeysWithValues: plan.parameters.map { ($0.name, $0.value.values.map(Double.init)) })
    }

    func loss(_ images: [[Double]], _ labels: [UInt8]) -> Double {
        zip(logits(images), labels).reduce(0) { sum, sample in
            let (z, label) = sample
            return sum + log(z.reduce(0) { $0 + exp($1) }) - z[Int(label)]
        } / Double(images.count)
    }

    func logits(_ images: [[Double]]) -> [[Double]] { run(layers, images) }

    private func run(_ layers: [any Layer], _ images: [[Double]]) -> [[Double]] {
        layers.reduce(images) { images, layer in
            let outputs = outputs(layer, images)
            return layer.hasReLU ? outputs.map { $0.map { max(0, $0) } } : outputs
        }
    }

    private func outputs(_ layer: any Layer, _ images: [[Double]]) -> [[Double]] {
        switch layer {
        case let layer as ResidualLayer:
            let sums = layer.branches.map { run($0, images) } + (layer.hasIdentity ? [images] : [])
            return images.indices.map { image in
                sums[0][image].indices.map { index in sums.reduce(0) { $0 + $1[image][index] } }
            }
        case let layer as BatchNormLayer:
            let (scale, shift) = (parameters[layer.scale.name]!, parameters[layer.shift.name]!), channels = scale.count
            var result = images
            for c in 0..<channels {
                let values = images.flatMap { image in stride(from: c, to: image.count, by: channels).map { image[$0] } }
                let mean = values.reduce(0, +) / Double(values.count)
                let variance = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(values.count)
                for row in result.indices {
                    for index in stride(from: c, to: result[row].count, by: channels) {
                        result[row][index] = (images[row][index] - mean) / (variance + 1e-5).squareRoot() * scale[c] + shift[c]
                    }
                }
            }
            return result
        default: return images.enumerated().map { output(layer, $1, $0) }
        }
    }

    private func output(_ layer: any Layer, _ x: [Double], _ number: Int) -> [Double] {
        switch layer {
        case let layer as DenseConvolutionLayer:
            return convolution(layer.products, parameters[layer.weight.name]!, layer.bias.map { parameters[$0.name]! }, x)
        case let layer as PointCloudConvolutionLayer:
            return convolution(layer.products, weights(layer), layer.bias.map { parameters[$0.name]! }, x)
        case let layer as MaxPoolLayer:
            return each(layer.output) { oy, ox, c in
                windows(layer, x, oy, ox, c).max()!
            }
        case let layer as AveragePoolLayer:
            let size = Double(layer.side)
            return each(Shape(layer.side, layer.side, layer.input.channels)) { oy, ox, c in
                let span = { (i: Int, n: Int) in
                    Int((Double(i * n) / size).rounded(.down))..<Int((Double((i + 1) * n) / size).rounded(.up))
                }
                let values = span(oy, layer.input.height).flatMap { iy in
                    span(ox, layer.input.width).map { x[(iy * layer.input.width + $0) * layer.input.channels + c] }
                }
                return values.reduce(0, +) / Double(values.count)
            }
        case let layer as DropoutLayer:
            let stream = RandomStream(seed: layer.seed, purpose: layer.purpose, epoch: place.epoch)
            return x.indices.map {
                stream.uniform((place.firstImage + number) * x.count + $0) < Float(layer.rate) ? 0 : x[$0] / (1 - layer.rate)
            }
        case let layer as PolyReLULayer:
            let a = parameters[layer.polynomial.name]!
            return x.map { x in (0..<4).reduce(0) { $0 + a[$1] * pow(max(0, x), Double($1)) } }
        case is NormaliseLayer:
            let mean = x.reduce(0, +) / Double(x.count)
            let variance = x.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(x.count)
            return x.map { ($0 - mean) / (variance + 1e-5).squareRoot() }
        case let stage as LinearStage:
            let dense = stage.layer as! DenseLayer
            if !dense.weight.isTrained {
                let weights = dense.weight.value.values.map(Double.init)
                return (0..<dense.outputs).map { k in x.indices.reduce(0) { $0 + x[$1] * weights[k * x.count + $1] } }
            }
            let (weights, bias) = (parameters[dense.weight.name]!, parameters[dense.bias.name]!)
            return bias.indices.map { k in x.indices.reduce(bias[k]) { $0 + x[$1] * weights[k * x.count + $1] } }
        default: fatalError("no reference for \(layer)")
        }
    }

    /// (O, ky, kx, C): F of the distance from an output channel's position to an input channel's, moved by its tap's offset.
    private func weights(_ layer: PointCloudConvolutionLayer) -> [Double] {
        let (inputs, taps) = (parameters[layer.inputCloud.channels.name]!, parameters[layer.inputCloud.taps.name]!)
        let (outputs, k, channels) = (parameters[layer.outputCloud.name]!, layer.products.kernel, layer.input.channels)
        let d = inputs.count / channels
        return (0..<layer.output.channels).flatMap { o in
            (0..<k * k).flatMap { tap in
                (0..<channels).map { c in
                    let pairs = (0..<d).map { (inputs[c * d + $0] + taps[tap * d + $0], outputs[o * d + $0]) }
                    return weightFunction!.weight(pairs, inputs: k * k * channels)
                }
            }
        }
    }

    private func convolution(_ layer: ConvolutionProducts, _ weights: [Double], _ bias: [Double]?, _ x: [Double]) -> [Double] {
        let (k, shape) = (layer.kernel, layer.input)
        return each(layer.output) { oy, ox, o in
            var sum = bias?[o] ?? 0
            for ky in 0..<k {
                for kx in 0..<k {
                    let (iy, ix) = (oy * layer.stride + ky - layer.padding, ox * layer.stride + kx - layer.padding)
                    guard (0..<shape.height).contains(iy), (0..<shape.width).contains(ix) else { continue }
                    for c in 0..<shape.channels {
                        sum +=
                            weights[((o * k + ky) * k + kx) * shape.channels + c]
                            * x[(iy * shape.width + ix) * shape.channels + c]
                    }
                }
            }
            return sum
        }
    }

    private func windows(_ layer: MaxPoolLayer, _ x: [Double], _ oy: Int, _ ox: Int, _ c: Int) -> [Double] {
        (0..<layer.kernel).flatMap { ky in
            (0..<layer.kernel).map { kx in
                x[((oy * layer.stride + ky) * layer.input.width + ox * layer.stride + kx) * layer.input.channels + c]
            }
        }
    }

    private func each(_ shape: Shape, _ value: (Int, Int, Int) -> Double) -> [Double] {
        (0..<shape.height).flatMap { y in (0..<shape.width).flatMap { x in (0..<shape.channels).map { value(y, x, $0) } } }
    }
}
