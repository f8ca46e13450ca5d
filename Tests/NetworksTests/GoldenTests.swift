import Foundation
import Tensors
import Testing

@testable import Networks

@Suite("The engine matches the golden vectors")
struct GoldenTests {
    @Test("are all present")
    func present() {
        #expect(Golden.names("point-cloud-layer").count == 6)
        #expect(Golden.names("point-cloud-training").count == 2)
    }

    @Test("a point cloud layer's forward and backward passes", arguments: Golden.names("point-cloud-layer"))
    func pointCloudLayer(_ name: String) throws {
        let golden = try Golden.load(name)
        let number = { (key: String) in try #require(golden.metadata[key].flatMap(Double.init)) }
        let (a, b) = (try Tensor(golden, "positions_in"), try Tensor(golden, "positions_out"))
        let (x, dy) = (try Tensor(golden, "x"), try Tensor(golden, "dy"))
        let shape = LinearPartShape(
            widths: [a.shape[0], b.shape[0]], d: a.shape[1],
            weightFunction: WeightFunction(lambda: try number("lambda"), epsilon: try number("epsilon")), batch: x.shape[0])
        let stack = LinearPart.pcn.build(shape)
        let layer = try #require(stack.layers[0] as? PointCloudLayer)
        layer.inputCloud.value.assign(a.values)
        layer.outputCloud.value.assign(b.values)
        layer.bias.value.assign(try golden.floats("bias"))

        let workspace = Workspace(Workers(threads: 2), layer.workspace(batch: shape.batch))
        let (y, dx) = (Tensor(dy.shape), Tensor(x.shape))
        layer.forward(x.matrix, into: y.matrix, relu: false, workspace)
        dy.matrix.columnSums(into: layer.bias.gradient.base, in: workspace)
        layer.backward(x.matrix, dy.matrix, into: InputGradient(dx.matrix), workspace)
        for (name, ours) in [
            ("y", y), ("dx", dx), ("d_positions_in", layer.inputCloud.gradient),
            ("d_positions_out", layer.outputCloud.gradient), ("d_bias", layer.bias.gradient),
        ] {
            let error = relativeError(ours.values, try golden.floats(name))
            #expect(error < 1e-4, "\(name): \(error)")
        }
    }

    @Test("a layer whose weights are the sine of a low-rank product")
    func sineLowRank() throws {
        let golden = try Golden.load("sine-low-rank-0")
        let (u, v) = (try Tensor(golden, "u"), try Tensor(golden, "v")),
            (x, dy) = (try Tensor(golden, "x"), try Tensor(golden, "dy"))
        var shape = LinearPartShape(widths: [u.shape[0], v.shape[0]], d: u.shape[1], batch: x.shape[0])
        shape.omega = try #require(golden.metadata["omega"].flatMap(Double.init))
        let stack = LinearPart.sineLowRank.build(shape)
        for (parameter, name) in zip(stack.parameters, ["u", "v", "bias"]) {
            parameter.value.assign(try golden.floats(name))
            parameter.gradient.clear()
        }
        let layer = stack.layers[0], workspace = Workspace(Workers(threads: 2), layer.workspace(batch: shape.batch))
        let (y, dx, weight) = (Tensor(dy.shape), Tensor(x.shape), Tensor(v.shape[0], u.shape[0]))
        layer.forward(x.matrix, into: y.matrix, relu: false, workspace)
        dy.matrix.columnSums(into: layer.bias.gradient.base, in: workspace)
        layer.backward(x.matrix, dy.matrix, into: InputGradient(dx.matrix), workspace)
        layer.expand(0..<v.shape[0], into: weight.matrix)
        let w = (0..<u.shape[0]).flatMap { j in (0..<v.shape[0]).map { weight.values[$0 * u.shape[0] + j] } }
        for (name, ours) in [
            ("y", y.values), ("dx", dx.values), ("weight", w), ("d_u", stack.parameters[0].gradient.values),
            ("d_v", stack.parameters[1].gradient.values), ("d_bias", stack.parameters[2].gradient.values),
        ] {
            let error = relativeError(ours, try golden.floats(name))
            #expect(error < 1e-4, "\(name): \(error)")
        }
    }

    @Test("training steps with the paper's update", arguments: Golden.names("point-cloud-training"))
    func pointCloudTraining(_ name: String) throws {
        let golden = try Golden.load(name)
        let steps = try #require(golden.metadata["steps"].flatMap(Int.init))
        let rate = try #require(golden.metadata["learning_rate"].flatMap(Double.init))
        let clouds = golden.names.filter { $0.hasPrefix("before.positions.") }
        let widths = try clouds.map { try golden.shape($0)[0] }
        let batch = try golden.shape("step.0.x")[0]
        let shape = LinearPartShape(widths: widths, d: try golden.shape(clouds[0])[1], batch: batch)
        let network = Network(NetworkPlan(LinearPart.pcn.build(shape)), capacity: batch, workers: Workers(threads: 2))
        let goldenName = { (parameter: Parameter) in
            parameter.name.replacing("clouds", with: "positions").replacing("biases", with: "bias")
        }
        for parameter in network.parameters { try golden.load("before." + goldenName(parameter), into: parameter.value) }
        let losses = try golden.floats("loss")
        let optimizer = SGD(network.parameters.filter(\.isTrained))
        for step in 0..<steps {
            let labels = try golden.integers("step.\(step).labels").map(UInt8.init)
            let x = try golden.floats("step.\(step).x")
            network.input(batch).assign(x)
            let score = network.gradient(batch, labels: labels)
            #expect(abs(score.meanLoss / Double(losses[step]) - 1) < 1e-4)
            let logits = try golden.floats("step.\(step).logits")
            #expect(relativeError(network.forward(batch).elements, logits) < 1e-4)
            optimizer.update(step: step + 1, learningRate: rate, network.workers)
        }
        for parameter in network.parameters {
            let error = relativeError(parameter.value.values, try golden.floats("after." + goldenName(parameter)))
            #expect(error < 1e-3, "\(parameter.name): \(error)")
        }
    }

    @Test("dense layers' forward and backward passes")
    func denseTraining() throws {
        let golden = try Golden.load("dense-training-0")
        let x = try golden.floats("x")
        let batch = try golden.shape("x")[0]
        let widths = [20, 16, 5]
        let stack = LinearPart.mlp.build(LinearPartShape(widths: widths, batch: batch))
        let network = Network(NetworkPlan(stack), capacity: batch, workers: Workers(threads: 2))
        for (index, layer) in stack.layers.enumerated() {
            let dense = try #require(layer as? DenseLayer)
            try golden.load("weight.\(index)", into: dense.weight.value)
            try golden.load("bias.\(index)", into: dense.bias.value)
        }
        network.input(batch).assign(x)
        let score = network.gradient(batch, labels: try golden.integers("labels").map(UInt8.init))
        #expect(abs(score.meanLoss - Double(try golden.floats("loss")[0])) < 1e-5)
        for (index, layer) in stack.layers.enumerated() {
            let dense = try #require(layer as? DenseLayer)
            #expect(relativeError(dense.weight.gradient.values, try golden.floats("d_weight.\(index)")) < 1e-4)
            #expect(relativeError(dense.bias.gradient.values, try golden.floats("d_bias.\(index)")) < 1e-4)
        }
    }

    @Test("cross-entropy, also for logits that overflow exp", arguments: ["cross-entropy-0", "cross-entropy-1"])
    func crossEntropy(_ name: String) throws {
        let golden = try Golden.load(name)
        let logits = try Tensor(golden, "logits")
        let gradient = Tensor(logits.shape)
        let labels = try golden.integers("labels").map(UInt8.init)
        let score = CrossEntropy(batch: labels.count)
            .score(logits.matrix, labels, gradient: gradient.matrix, Workers(threads: 1))
        #expect(abs(score.meanLoss / Double(try golden.floats("loss")[0]) - 1) < 1e-6)
        #expect(relativeError(gradient.values, try golden.floats("d_logits")) < 1e-4)
    }

    @Test("rows of class 255 count where there are 256 classes; only a graph has nodes without a label")
    func class255() {
        let stack = LinearPart.mlp.build(LinearPartShape(widths: [4, 256], batch: 3)), labels: [UInt8] = [255, 0, 255]
        let network = Network(NetworkPlan(stack), capacity: 3, workers: Workers(threads: 1))
        #expect(network.evaluate(3, labels: labels).samples == 3 && network.gradient(3, labels: labels).samples == 3)
        let options = LinearOptions(adjacency: SparseMatrix(normalisedAdjacencyOf: [(0, 1)], nodes: 3))
        let graph = Network(NetworkPlan(stack, options), capacity: 3, workers: Workers(threads: 1))
        #expect(graph.evaluate(3, labels: labels).samples == 1)
    }

    @Test("cross-entropy with label smoothing")
    func labelSmoothing() throws {
        let golden = try Golden.load("label-smoothing-0")
        let logits = try Tensor(golden, "logits"), gradient = Tensor(logits.shape)
        let labels = try golden.integers("labels").map(UInt8.init)
        let score = CrossEntropy(batch: labels.count)
            .score(logits.matrix, labels, gradient: gradient.matrix, smoothing: 0.1, Workers(threads: 1))
        #expect(abs(score.meanLoss / Double(try golden.floats("loss")[0]) - 1) < 1e-6)
        #expect(relativeError(gradient.values, try golden.floats("d_logits")) < 1e-4)
    }

    @Test("updates with weight decay and momentum, step by step", arguments: ["adamw", "sgd-momentum"])
    func optimizers(_ name: String) throws {
        let golden = try Golden.load("optimizer-\(name)")
        let number = { (key: String) in try #require(golden.metadata[key].flatMap(Double.init)) }
        let parameter = Parameter("p", [13])
        try golden.load("before", into: parameter.value)
        let kind = try #require(OptimizerKind.named(String(name.split(separator: "-")[0])))
        let optimizer = kind.make(
            [parameter], OptimizerOptions(momentum: try number("momentum"), weightDecay: try number("weight_decay")))
        for step in 0..<5 {
            try golden.load("gradient.\(step)", into: parameter.gradient)
            optimizer.update(step: step + 1, learningRate: try number("learning_rate"), Workers(threads: 2))
            #expect(relativeError(parameter.value.values, try golden.floats("after.\(step)")) < 1e-4)
        }
    }

    @Test("weight decay under sgd adds to the gradient before the paper's factor, with momentum or without")
    func decayBeforeFactors() {
        for momentum in [0, 0.5] {
            let parameter = Parameter("p", [2], rateFactor: 100)
            parameter.value.assign([1, -2])
            parameter.gradient.assign([0.5, 0])
            let sgd = SGD([parameter], OptimizerOptions(momentum: momentum, weightDecay: 0.1))
            sgd.update(step: 1, learningRate: 1e-3, Workers(threads: 1))
            #expect(relativeError(parameter.value.values, [1 - 0.1 * (0.5 + 0.1), -2 - 0.1 * (0.1 * -2)]) < 1e-6)
            #expect(sgd.state.map(\.name) == (momentum > 0 ? ["sgd.velocity.p"] : []))
        }
    }

    @Test("a row is correct if its label is the index of the first largest logit")
    func correct() {
        let logits = Tensor(4, 3)
        logits.assign([1, 5, 2, 7, 7, 0, -1, -2, -3, 0, 0, .nan])
        let score = withExtendedLifetime(logits) {
            CrossEntropy(batch: 4).score(logits.matrix, [1, 1, 2, 0], Workers(threads: 1))
        }
        #expect(score.correct == 2 && score.samples == 4 && score.accuracy == 0.5 && score.loss.isNaN)
    }
}

extension Matrix {
    func assign(_ values: [Float]) {
        for row in 0..<rows { for column in 0..<columns { self.row(row)[column] = values[row * columns + column] } }
    }

    var elements: [Float] { (0..<rows).flatMap { row in (0..<columns).map { self.row(row)[$0] } } }
}
