import Datasets
import Networks
import Specs
import Tensors

/// A run's network with everything that changes its weights: in full, or compressed.
struct TrainedNetwork {
    let network: Network
    let optimizer: any Networks.Optimizer
    let average: WeightAverage?
    let noise: GradientNoise?
    /// What it was compressed to; nil for the network as it is trained first.
    let compressed: Compressed?
    private let plan: NetworkPlan

    /// The sizes of a compressed network and what decided them.
    struct Compressed {
        let shape: CompressedShape
        /// The variances of what each layer read, the largest first, by the names of tensors in a checkpoint.
        let variances: [(name: String, tensor: Tensor)]

        init(_ shape: CompressedShape, variances: [(name: String, tensor: Tensor)]) {
            (self.shape, self.variances) = (shape, variances)
        }
    }

    init(_ settings: Settings, _ data: TrainingData, workers: Workers, compressed: Compressed? = nil) {
        let rows = settings.rows, seed = UInt64(settings.seed)
        plan = settings.networkPlan(batch: rows, compressed: compressed?.shape, adjacency: data.adjacency)
        network = Network(
            plan, capacity: rows, labelSmoothing: settings.labelSmoothing,
            mixup: settings.mixup > 0 ? Mixup(alpha: settings.mixup, seed: seed) : nil, workers: workers)
        let trained = network.parameters.filter(\.isTrained)
        optimizer = settings.makeOptimizer(trained)
        average = WeightAverage(settings, network.parameters)
        noise = settings.gradientNoise > 0 ? GradientNoise(trained, eta: settings.gradientNoise, seed: seed) : nil
        self.compressed = compressed
    }

    /// The tensors that a checkpoint holds: the parameters, the optimizer's state, the average once it has begun, and the variances.
    func tensors(after epoch: Int) -> [(name: String, tensor: Tensor)] {
        network.parameters.map { ($0.name, $0.value) } + optimizer.state + (average?.tensors(after: epoch) ?? [])
            + (compressed?.variances ?? [])
    }
}

// MARK: Compression

extension TrainedNetwork {
    /// The network as its layers' principal components, with a new optimizer; nil where what a layer reads is not finite.
    func compressed(_ compression: Compression, _ settings: Settings, _ data: TrainingData) -> TrainedNetwork? {
        let components = network.principalComponents(
            settings, data, samples: compression.samples, wanted: settings.compressedShape?.dimensions ?? []
        ).compactMap(\.self)
        let inputs = settings.compressibleInputs
        guard components.count == inputs.count,
            let shape = settings.compressedShape(compression, variances: { components[$0].variances })
        else { return nil }
        let variances = zip(inputs, components).map { input, found in
            let tensor = Tensor(found.variances.count)
            tensor.assign(found.variances.map(Float.init))
            return (name: Compressed.name(input), tensor: tensor)
        }
        let small = TrainedNetwork(
            settings, data, workers: network.workers, compressed: Compressed(shape, variances: variances))
        Compressor(components, at: settings.weightPlaces, of: plan, to: shape).fill(small.plan, from: plan)
        return small
    }
}

extension Network {
    /// The principal components of what each weight layer reads of some training images, as they are without augmentation; nil for a layer
    /// whose inputs are not finite. The same images for every epoch of a run.
    /// - Parameter wanted: how many of each layer will be used, where that is known.
    func principalComponents(
        _ settings: Settings, _ data: TrainingData, samples: Int, wanted: [Int] = []
    ) -> [PrincipalComponents?] {
        let order = data.order(purpose: "compress"), chosen = order.prefix(settings.graphNodes ?? samples)
        let slices = Tiling(chosen.count, by: min(capacity, settings.graphNodes ?? 256))
        var statistics: [InputStatistics?] = []
        for slice in 0..<slices.count {
            let rows = slices[slice]
            data.gather(data.train, chosen[rows], into: input(rows.count), workers)
            forward(rows.count)
            eachInput(rows.count) { index, x in
                if index == statistics.count {
                    statistics.append(
                        InputStatistics(
                            inputs: x.columns, samples: x.rows / rows.count * chosen.count,
                            components: wanted.indices.contains(index) ? wanted[index] : 0))
                }
                statistics[index]?.add(x)
            }
        }
        return statistics.indices.map { index in
            // One at a time: the products of a wide layer take gigabytes.
            guard let taken = statistics[index] else { return nil }
            statistics[index] = nil
            return taken.components()
        }
    }
}

// MARK: Checkpoints

extension TrainedNetwork.Compressed {
    /// Before the names of the variances.
    private static let prefix = "variances."

    static func name(_ input: CompressibleInput) -> String { prefix + input.name }

    /// Of a checkpoint of these settings; nil where it is of the full network, and nil, too, where its sizes are not those of a compression.
    init?(_ settings: Settings, metadata: [String: String]) {
        guard let shape = CompressedShape(settings, metadata: metadata) else { return nil }
        self.init(shape, variances: settings.compressibleInputs.map { (Self.name($0), Tensor($0.inputs)) })
    }
}

extension CompressedShape {
    private static let keys = (dimensions: "compressed_dimensions", outputs: "compressed_outputs")

    /// The form in a checkpoint's metadata.
    var metadata: [String: String] {
        let text = { (sizes: [Int]) in sizes.map(String.init).joined(separator: " ") }
        return [Self.keys.dimensions: text(dimensions), Self.keys.outputs: text(outputs)]
    }

    /// The sizes that a checkpoint's metadata holds; nil for the full network.
    public init?(_ settings: Settings, metadata: [String: String]) {
        let sizes = { (key: String) in
            metadata[key].map { $0.split(separator: " ").compactMap { Int($0) } }
        }
        let inputs = settings.compressibleInputs
        guard let compression = settings.compress, let dimensions = sizes(Self.keys.dimensions),
            let outputs = sizes(Self.keys.outputs),
            dimensions.count == inputs.count,
            zip(dimensions, inputs).allSatisfy({ (0...$1.inputs).contains($0) }),
            outputs == settings.compressedShape(compression, dimensions: dimensions).outputs
        else { return nil }
        self.init(dimensions: dimensions, outputs: outputs)
    }
}
