import Specs
import Tensors
import Testing

@testable import Networks

/// A linear part and, for pcn, each of its variants. The cases come from the registry, so a new part is always covered.
struct PartCase: Sendable, CustomTestStringConvertible {
    let part: LinearPart
    let distance: Distance
    let wave: Wave
    var regulariser = Regulariser.paper
    var options = PointCloudOptions()
    var testDescription: String {
        "\(part.name) \(distance) \(wave)"
            + (regulariser == .paper ? "" : ", \(regulariser) regulariser")
            + (options.clouds == .tied ? "" : ", \(options.clouds)") + (options.gain == .none ? "" : ", gain \(options.gain)")
            + (options.learnEpsilon == .none ? "" : ", learned ε") + (options.window == .none ? "" : ", window")
    }

    static let all: [PartCase] = LinearPart.all.flatMap { part -> [PartCase] in
        if part.name != "pcn" { return [PartCase(part: part, distance: .euclidean, wave: .triangle)] }
        return Distance.all.flatMap { distance in
            Wave.all.map { PartCase(part: part, distance: distance, wave: $0) }
        } + variants(part)
    }

    /// What is beyond the paper's.
    private static func variants(_ part: LinearPart) -> [PartCase] {
        [
            PartCase(part: part, distance: .euclidean, wave: .triangle, regulariser: .variance),
            PartCase(part: part, distance: .dot, wave: .sine, regulariser: .variance),
            PartCase(part: part, distance: .euclidean, wave: .triangle, options: PointCloudOptions(clouds: .untied)),
            PartCase(part: part, distance: .squared, wave: .sine, options: PointCloudOptions(clouds: .untied, gain: .neuron)),
        ]
            + Distance.all.flatMap { distance in
                Wave.all.map {
                    let options = PointCloudOptions(gain: $0 == .sine ? .neuron : .none, learnEpsilon: .layer)
                    return PartCase(part: part, distance: distance, wave: $0, options: options)
                }
            }
            + Distance.all.map {
                PartCase(part: part, distance: $0, wave: .triangle, options: PointCloudOptions(window: .gaussian))
            }
            + [
                PartCase(
                    part: part, distance: .euclidean, wave: .sine, regulariser: .variance,
                    options: PointCloudOptions(clouds: .untied, gain: .neuron, learnEpsilon: .layer, window: .gaussian)),
                PartCase(
                    part: part, distance: .dot, wave: .sine,
                    options: PointCloudOptions(gain: .layer, learnEpsilon: .layer, window: .gaussian)),
            ]
            + Gain.all.dropFirst().flatMap { gain in
                [
                    PartCase(part: part, distance: .euclidean, wave: .triangle, options: PointCloudOptions(gain: gain)),
                    PartCase(
                        part: part, distance: .dot, wave: .sine, regulariser: .variance, options: PointCloudOptions(gain: gain)),
                ]
            }
    }

    /// The part with values of its own where all are the same at first.
    func build(_ shape: LinearPartShape) -> LinearStack {
        let stack = part.build(shape)
        for parameter in stack.parameters {
            let range: Range<Float>
            switch parameter.name.split(separator: ".")[0] {
            case "gains": range = 0.5..<1.5
            case "epsilon_exponents", "window_exponents", "field_biases": range = -0.3..<0.3
            default: continue
            }
            let stream = RandomStream(seed: 4, purpose: parameter.name)
            parameter.value.assign((0..<parameter.value.count).map { stream.uniform($0, in: range) })
        }
        return stack
    }
}

@Suite("Against a float64 reference")
struct GradientTests {
    private let batch = 5

    /// ε is large, so that difference quotients rarely cross a kink of the triangle wave. Each layer has its own λ and ε.
    private func shape(_ part: PartCase, widths: [Int]) -> LinearPartShape {
        var shape = LinearPartShape(widths: widths, d: 3, seed: 7, batch: batch)
        shape.weightFunctions = shape.layers.map { index, _, _ in
            WeightFunction(
                distance: part.distance, wave: part.wave, lambda: 2 + Double(index) / 2, epsilon: 0.7 + Double(index) / 10,
                regulariser: part.regulariser)
        }
        shape.options = part.options
        shape.omega = 5
        return shape
    }

    private func images(_ width: Int) -> [[Float]] {
        let stream = RandomStream(seed: 3, purpose: "images")
        return (0..<batch).map { row in (0..<width).map { stream.uniform(row * width + $0, in: -2..<2) } }
    }

    @Test("logits and gradients of every linear part match the formulas", arguments: PartCase.all)
    func gradients(_ part: PartCase) {
        let shape = shape(part, widths: [9, 17, 6, 4])
        let network = Network(NetworkPlan(part.build(shape)), capacity: batch, workers: Workers(threads: 2))
        var reference = ReferenceNetwork(part, shape)
        let images = images(9), labels: [UInt8] = [0, 3, 1, 2, 3]
        let exact = images.map { $0.map(Double.init) }
        for (row, image) in images.enumerated() { network.input(batch).row(row).update(from: image, count: 9) }

        // The second step's gradients are not added to the first's.
        _ = network.gradient(batch, labels: labels)
        let score = network.gradient(batch, labels: labels)
        #expect(abs(score.meanLoss - reference.loss(exact, labels)) < 1e-5)
        for (row, image) in exact.enumerated() {
            for (ours, theirs) in zip(network.forward(batch)[rows: row..<row + 1].elements, reference.logits(image)) {
                #expect(abs(Double(ours) - theirs) < 1e-4)
            }
        }
        for parameter in network.parameters where parameter.isTrained {
            var quotients: [Float] = []
            for index in 0..<parameter.value.count {
                let value = reference.parameters[parameter.name]![index], h = 1e-6
                reference.parameters[parameter.name]![index] = value + h
                let above = reference.loss(exact, labels)
                reference.parameters[parameter.name]![index] = value - h
                quotients.append(Float((above - reference.loss(exact, labels)) / (2 * h)))
                reference.parameters[parameter.name]![index] = value
            }
            let error = relativeError(parameter.gradient.values, quotients)
            #expect(error < 2e-3, "\(parameter.name): \(error)")
        }
    }

    @Test("logits match the formulas for shapes around the sizes of tiles and blocks", arguments: PartCase.all)
    func shapes(_ part: PartCase) {
        for widths in [[1, 1], [15, 16], [17, 257], [1025, 3], [65, 256]] {
            let shape = shape(part, widths: widths)
            let network = Network(NetworkPlan(part.build(shape)), capacity: batch, workers: Workers(threads: 2))
            let reference = ReferenceNetwork(part, shape)
            for (row, image) in images(widths[0]).enumerated() {
                network.input(batch).row(row).update(from: image, count: widths[0])
            }
            let logits = network.forward(batch).elements
            let expected = images(widths[0]).flatMap { reference.logits($0.map(Double.init)).map { Float($0) } }
            let error = relativeError(logits, expected)
            #expect(error < 1e-4, "\(widths): \(error)")
        }
    }

    @Test("bits are the same with one, two and three threads", arguments: PartCase.all)
    func threads(_ part: PartCase) {
        let widths = [70, 600, 530, 10], rows = 150
        let results = [1, 2, 3].map { threads in
            var shape = shape(part, widths: widths)
            shape.batch = rows
            let network = Network(NetworkPlan(part.build(shape)), capacity: rows, workers: Workers(threads: threads))
            let stream = RandomStream(seed: 3, purpose: "images")
            network.input(rows).assign((0..<rows * 70).map { stream.uniform($0, in: -2..<2) })
            let labels = (0..<rows).map { UInt8($0 % 10) }
            var bits: [UInt32] = []
            for step in 1...2 {
                let score = network.gradient(rows, labels: labels)
                bits.append(Float(score.loss).bitPattern)
                SGD(network.parameters.filter(\.isTrained)).update(step: step, learningRate: 1e-5, network.workers)
            }
            return bits + network.parameters.flatMap { $0.value.values.map(\.bitPattern) }
        }
        #expect(results[0] == results[1])
        #expect(results[0] == results[2])
    }

    @Test("coincident points have gradient 0, not NaN", arguments: PartCase.all.filter { $0.part.name == "pcn" })
    func coincident(_ part: PartCase) throws {
        let shape = shape(part, widths: [4, 4])
        let stack = part.build(shape)
        stack.parameters[1].value.assign(stack.parameters[0].value.values)
        let network = Network(NetworkPlan(stack), capacity: batch, workers: Workers(threads: 1))
        for (row, image) in images(4).enumerated() { network.input(batch).row(row).update(from: image, count: 4) }
        _ = network.gradient(batch, labels: [0, 1, 2, 3, 0])
        #expect(network.parameters.allSatisfy { $0.gradient.values.allSatisfy(\.isFinite) })
    }
}
