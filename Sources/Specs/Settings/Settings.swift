/// One run's complete settings, defaults filled in.
///
/// Equal settings are equal runs: what does not apply is nil (`d` under mlp; λ, ε, distance and wave without points), and so
/// are `convolution` where it is dense, and widths and sample counts that only repeat what the architecture and the data set have anyway. The properties on
/// which this depends are set by the initialiser alone.
public struct Settings: Hashable, Sendable {
    /// The network.
    public internal(set) var architecture: Architecture
    /// How its linear part makes weights.
    public internal(set) var linear: Linear
    /// How its convolutions make weights, where they are not stored.
    public internal(set) var convolution: Convolution?
    /// Dimensions of a PCN's space, or the rank under low_rank.
    public internal(set) var d: Int?
    /// λ: the weights' amplitude.
    public internal(set) var lambda: Double?
    /// ε: half the wave's period.
    public internal(set) var epsilon: Double?
    /// What is measured between points.
    public internal(set) var distance: Distance?
    /// The function over it.
    public internal(set) var wave: Wave?
    /// Hidden widths where they are not the architecture's own.
    public internal(set) var widths: [Int]?
    /// The data set.
    public internal(set) var dataset: DatasetName
    /// Training images used, where not all.
    public internal(set) var trainSamples: Int?
    /// Test images used, where not all.
    public internal(set) var testSamples: Int?
    /// How pixels enter.
    public var inputScale: InputScale
    /// Passes over the training images.
    public var epochs: Int
    /// Images a step.
    public var batchSize: Int
    /// γ.
    public var learningRate: Double
    /// What all randomness is derived from.
    public var seed: Int
    /// The update.
    public var optimizer: Optimizer
    /// The learning rate's course.
    public var schedule: Schedule
    /// Epochs between checkpoints that are kept; nil leaves the choice to the program.
    public var checkpointEvery: Int?

    /// Settings with the paper's values where none is given; those that do not apply to the run are dropped.
    public init(
        architecture: Architecture = .linearnet, linear: Linear = .pcn, convolution: Convolution = .dense, d: Int = 16,
        lambda: Double = 1,
        epsilon: Double = 0.1, distance: Distance = .euclidean, wave: Wave = .triangle, widths: [Int]? = nil,
        dataset: DatasetName, trainSamples: Int? = nil, testSamples: Int? = nil, inputScale: InputScale = .raw,
        epochs: Int = 3500, batchSize: Int = 1024, learningRate: Double = 1e-4, seed: Int = 1,
        optimizer: Optimizer = .sgd, schedule: Schedule = .constant, checkpointEvery: Int? = nil
    ) {
        self.architecture = architecture
        self.linear = linear
        self.convolution = convolution
        self.d = d
        self.lambda = lambda
        self.epsilon = epsilon
        self.distance = distance
        self.wave = wave
        self.widths = widths
        self.dataset = dataset
        self.trainSamples = trainSamples
        self.testSamples = testSamples
        self.inputScale = inputScale
        self.epochs = epochs
        self.batchSize = batchSize
        self.learningRate = learningRate
        self.seed = seed
        self.optimizer = optimizer
        self.schedule = schedule
        self.checkpointEvery = checkpointEvery
        normalize()
    }

    /// Drops what does not apply and what says nothing new, so that equal runs compare equal.
    mutating func normalize() {
        for field in SettingField.all where !field.applies(to: self) { field.clear(&self) }
        // Left out, so that runs from before there was a choice keep their identity.
        if convolution == .dense { convolution = nil }
        if widths == architecture.blueprint.hiddenWidths { widths = nil }
        if trainSamples == dataset.blueprint.trainImages { trainSamples = nil }
        if testSamples == dataset.blueprint.testImages { testSamples = nil }
    }

    /// The model as the paper names it: LinearNet-PCN16, LinearNet-MLP; likewise LinearNet-LowRank16, and ConvNetPCN16-MLP where
    /// the convolutions are made from points.
    public var model: String {
        let name = architecture.blueprint.displayName + (convolution == .pcn ? "PCN\(d ?? 0)" : "")
        return switch linear {
        case .pcn: "\(name)-PCN\(d ?? 0)"
        case .mlp: "\(name)-MLP"
        case .lowRank: "\(name)-LowRank\(d ?? 0)"
        }
    }

    /// Neurons of every layer of the linear part, inputs and classes included: 768, 1024, 1024, 2048, 10.
    public var layerWidths: [Int] {
        [(featureSides.last?.output ?? inputSides).count] + hiddenWidths + [dataset.classes]
    }

    /// The widths between inputs and classes, whether given or the architecture's own.
    public var hiddenWidths: [Int] { widths ?? architecture.blueprint.hiddenWidths }

    /// How the convolutions make their weights; nil where there are none.
    var convolutionInForce: SettingValue? {
        architecture.hasConvolutions ? (convolution ?? .dense).settingValue : nil
    }

    /// Training images that an epoch passes over.
    public var trainImages: Int { trainSamples ?? dataset.blueprint.trainImages }

    /// Test images that an evaluation passes over.
    public var testImages: Int { testSamples ?? dataset.blueprint.testImages }
}
