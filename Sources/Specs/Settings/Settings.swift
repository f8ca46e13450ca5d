/// One run's complete settings, defaults filled in.
///
/// Equal settings are equal runs: a setting that does not apply is nil (`d` under mlp; λ, ε, distance and wave without points),
/// and so are `convolution` if it is dense, and widths and sample counts that equal those of the architecture and the data set.
/// Only the initialiser sets the properties on which this depends.
public struct Settings: Hashable, Sendable {
    /// The network.
    public internal(set) var architecture: Architecture
    /// Channels of the first convolution, where the architecture lets them vary.
    public internal(set) var filters: Int
    /// How its linear part makes weights.
    public internal(set) var linear: Linear
    /// How its convolutions make weights, if these are not stored.
    public internal(set) var convolution: Convolution?
    /// Dimensions of a PCN's space, or the rank under low_rank.
    public internal(set) var d: Int?
    /// λ: the weights' amplitude, of every layer.
    public internal(set) var lambda: LayerValues?
    /// ε: half the wave's period, of every layer.
    public internal(set) var epsilon: LayerValues?
    /// What is measured between two points.
    public internal(set) var distance: Distance?
    /// The periodic function over the distance.
    public internal(set) var wave: Wave?
    /// ω: what multiplies a low-rank product under a sine.
    public internal(set) var omega: Double
    /// How the amplitude of the periodic function depends on the number of inputs.
    public internal(set) var regulariser: Regulariser
    /// Whether the layers of a PCN share clouds.
    public internal(set) var clouds: CloudSharing
    /// The trained factors of a PCN's weights.
    public internal(set) var gain: Gain
    /// Whether ε is trained.
    public internal(set) var learnEpsilon: LearnedEpsilon
    /// Hidden widths, if they are not the architecture's own.
    public internal(set) var widths: [Int]?
    /// How a PCN's points are placed at first.
    public internal(set) var initialisation: Initialisation
    /// What multiplies the weights of the first layer of a PCN on a grid.
    public internal(set) var window: Window
    /// How the layers of the linear part are connected.
    public internal(set) var structure: Structure
    /// What follows the hidden layers of the linear part.
    public internal(set) var activation: Activation
    /// How each hidden vector of the linear part is normalised.
    public var normalise: Normalisation
    /// The probability of an element to be dropped in training, if it is not the architecture's own.
    public internal(set) var dropout: Double?
    /// The data set.
    public internal(set) var dataset: DatasetName
    /// Number of training images used, if not all.
    public internal(set) var trainSamples: Int?
    /// Number of test images used, if not all.
    public internal(set) var testSamples: Int?
    /// Number of training images that are kept back: a search selects by them.
    public internal(set) var validationSamples: Int
    /// How pixels become inputs.
    public var inputScale: InputScale
    /// Random changes of the training images.
    public var augment: [Augmentation]
    /// α of mixup; 0 for none.
    public var mixup: Double
    /// Passes over the training images.
    public var epochs: Int
    /// Images of a step.
    public var batchSize: Int
    /// γ.
    public var learningRate: Double
    /// All random numbers are derived from it.
    public var seed: Int
    /// The update.
    public var optimizer: Optimizer
    /// How the learning rate changes over the run.
    public var schedule: Schedule
    /// Epochs after which the learning rate falls, under the schedule steps.
    public internal(set) var milestones: [Int]
    /// The factor by which it falls.
    public internal(set) var gamma: Double
    /// The share of each step that the next one repeats.
    public internal(set) var momentum: Double
    /// The weight decay, if it is not the optimizer's own.
    public internal(set) var weightDecay: Double?
    /// Epochs over which the learning rate rises from 0.
    public internal(set) var warmup: Double
    /// η of the noise on every gradient; 0 for none.
    public internal(set) var gradientNoise: Double
    /// The share of a label in the training loss that is spread over all classes.
    public var labelSmoothing: Double
    /// The fraction of the epochs, the last ones, whose weights are averaged; 0 for none.
    public var weightAverage: Double
    /// When and how far the network is compressed; nil for one that stays as it is.
    public internal(set) var compress: Compression?
    /// Epochs between checkpoints that are kept; nil lets the program choose.
    public var checkpointEvery: Int?

    /// The paper's values, which stand where a spec gives none.
    public enum Default {
        public static let filters = 16
        public static let linear = Linear.pcn
        public static let milestones: [Int] = []
        public static let gamma = 0.1
        public static let convolution = Convolution.dense
        public static let d = 16
        public static let lambda = 1.0
        public static let epsilon = 0.1
        public static let distance = Distance.euclidean
        public static let wave = Wave.triangle
        public static let omega = 100.0
        public static let regulariser = Regulariser.paper
        public static let clouds = CloudSharing.tied
        public static let gain = Gain.none
        public static let learnEpsilon = LearnedEpsilon.none
        public static let initialisation = Initialisation.uniform
        public static let window = Window.none
        public static let structure = Structure.chain
        public static let activation = Activation.relu
        public static let normalise = Normalisation.none
        public static let gradientNoise = 0.0
        public static let validationSamples = 0
        public static let inputScale = InputScale.raw
        public static let epochs = 3500
        public static let batchSize = 1024
        public static let learningRate = 1e-4
        public static let seed = 1
        public static let optimizer = Optimizer.sgd
        public static let schedule = Schedule.constant
        public static let augment: [Augmentation] = []
        public static let mixup = 0.0
        public static let momentum = 0.0
        public static let warmup = 0.0
        public static let labelSmoothing = 0.0
        public static let weightAverage = 0.0
    }

    /// Settings with the paper's values where none is given. Those that do not apply to the run are dropped.
    public init(
        architecture: Architecture = .linearnet, filters: Int = Default.filters, linear: Linear = Default.linear,
        convolution: Convolution = Default.convolution,
        d: Int = Default.d, lambda: LayerValues = LayerValues(Default.lambda),
        epsilon: LayerValues = LayerValues(Default.epsilon),
        distance: Distance = Default.distance, wave: Wave = Default.wave, omega: Double = Default.omega,
        regulariser: Regulariser = Default.regulariser,
        clouds: CloudSharing = Default.clouds, gain: Gain = Default.gain,
        learnEpsilon: LearnedEpsilon = Default.learnEpsilon,
        widths: [Int]? = nil,
        initialisation: Initialisation = Default.initialisation, window: Window = Default.window,
        structure: Structure = Default.structure, activation: Activation = Default.activation,
        normalise: Normalisation = Default.normalise,
        dropout: Double? = nil, dataset: DatasetName,
        trainSamples: Int? = nil, testSamples: Int? = nil,
        validationSamples: Int = Default.validationSamples, inputScale: InputScale = Default.inputScale,
        augment: [Augmentation] = Default.augment, mixup: Double = Default.mixup, epochs: Int = Default.epochs,
        batchSize: Int = Default.batchSize, learningRate: Double = Default.learningRate,
        seed: Int = Default.seed, optimizer: Optimizer = Default.optimizer, schedule: Schedule = Default.schedule,
        milestones: [Int] = Default.milestones, gamma: Double = Default.gamma,
        momentum: Double = Default.momentum, weightDecay: Double? = nil, warmup: Double = Default.warmup,
        gradientNoise: Double = Default.gradientNoise,
        labelSmoothing: Double = Default.labelSmoothing, weightAverage: Double = Default.weightAverage,
        compress: Compression? = nil, checkpointEvery: Int? = nil
    ) {
        self.architecture = architecture
        self.filters = filters
        self.linear = linear
        self.convolution = convolution
        self.d = d
        self.lambda = lambda
        self.epsilon = epsilon
        self.distance = distance
        self.wave = wave
        self.omega = omega
        self.regulariser = regulariser
        self.clouds = clouds
        self.gain = gain
        self.learnEpsilon = learnEpsilon
        self.widths = widths
        self.initialisation = initialisation
        self.window = window
        self.structure = structure
        self.activation = activation
        self.normalise = normalise
        self.dropout = dropout
        self.dataset = dataset
        self.trainSamples = trainSamples
        self.testSamples = testSamples
        self.validationSamples = validationSamples
        self.inputScale = inputScale
        self.augment = augment
        self.mixup = mixup
        self.epochs = epochs
        self.batchSize = batchSize
        self.learningRate = learningRate
        self.seed = seed
        self.optimizer = optimizer
        self.schedule = schedule
        self.milestones = milestones
        self.gamma = gamma
        self.momentum = momentum
        self.weightDecay = weightDecay
        self.warmup = warmup
        self.gradientNoise = gradientNoise
        self.labelSmoothing = labelSmoothing
        self.weightAverage = weightAverage
        (self.compress, self.checkpointEvery) = (compress, checkpointEvery)
        normalize()
    }

    /// The settings of a data set with every default, which each setting's default is read from.
    static let paper = Settings(dataset: .cifar10)

    /// Drops what does not apply and what only repeats a default, so that equal runs compare equal.
    mutating func normalize() {
        for field in SettingField.all where !field.applicability.holds(for: self) { field.clear(&self) }
        // Left out, so that runs from before there was a choice keep their identity.
        if convolution == .dense { convolution = nil }
        if let d, d < Initialisation.fewestGridDimensions { initialisation = Default.initialisation }
        if initialisation != .grid { window = Default.window }
        if dropout == architecture.dropout { dropout = nil }
        if weightDecay == optimizer.weightDecay { weightDecay = nil }
        if widths == architecture.hiddenWidths { widths = nil }
        // One hidden layer or none has nothing to be connected otherwise, but for a lift.
        if hiddenWidths.isEmpty || hiddenWidths.count == 1 && structure == .parallel { structure = Default.structure }
        if architecture.readsGraph { batchSize = Default.batchSize }
        if trainSamples == dataset.trainImages - keptBack { trainSamples = nil }
        if testSamples == dataset.testImages { testSamples = nil }
    }

    /// The setting because of which a run of another length is another run, in words; nil if more epochs only extend the run.
    public var dependenceOnLength: String? {
        schedule.dependsOnLength ? schedule.name : weightAverage > 0 ? "a weight average" : nil
    }

    /// Epochs completed when the first weights enter the average; nil if none do. The last epoch's always do.
    public var firstAveragedEpoch: Int? {
        guard weightAverage > 0 else { return nil }
        // Weights of before a compression have other shapes.
        return max((compress?.after ?? 0) + 1, epochs - max(1, Int((weightAverage * Double(epochs)).rounded())) + 1)
    }

    /// The model as the paper names it: LinearNet-PCN16, LinearNet-MLP; likewise LinearNet-LowRank16, and ConvNetPCN16-MLP if
    /// the convolutions are made from points.
    public var model: String {
        let d = d ?? 0
        return architecture.displayName + (convolution ?? .dense).label(d) + "-" + linear.label(d)
    }

    /// The model without its architecture and without d, which runs of a sweep of d have in common: PCN, MLP; PCN-MLP if the convolutions
    /// are made from points.
    public var modelFamily: String {
        model.dropFirst(architecture.displayName.count).filter { !$0.isNumber }.trimmingPrefix("-").description
    }

    /// Numbers that the linear part reads: the features, or the image.
    public var linearInputs: Int { (featureSides.last?.output ?? inputSides).count }

    /// Neurons of every layer of the linear part, inputs and classes included: 768, 1024, 1024, 2048, 10. Of an hourglass without the
    /// lift, which is not trained.
    public var layerWidths: [Int] {
        structure.widths(inputs: linearInputs, hidden: hiddenWidths, classes: dataset.classes)
    }

    /// The widths between inputs and classes, whether given or the architecture's own.
    var hiddenWidths: [Int] { widths ?? architecture.hiddenWidths }

    /// The probability of an element to be dropped in training, whether given or the architecture's own.
    public var dropoutInForce: Double { dropout ?? architecture.dropout }

    /// What a PCN's linear part has beyond the paper's.
    public var pointCloudOptions: PointCloudOptions {
        PointCloudOptions(clouds: clouds, gain: gain, learnEpsilon: learnEpsilon, window: window)
    }

    /// How the convolutions make their weights; nil if there are none.
    var convolutionInForce: Convolution? { architecture.hasConvolutions ? convolution ?? .dense : nil }

    /// The keys of all settings, in the order in which texts list them.
    public static let keys = SettingField.all.map(\.key)

    /// The values in force, one for each of `keys`; empty for a setting that does not apply.
    public var texts: [String] { SettingField.all.map { $0.effective(self)?.shown ?? "" } }
}

extension Settings {
    /// The same run on other numbers of images.
    public func withSamples(train: Int?, test: Int?) -> Settings {
        var settings = self
        (settings.trainSamples, settings.testSamples) = (train, test)
        settings.normalize()
        return settings
    }

    /// The same run on the whole split: what is kept back for validation is trained on too.
    public func withoutValidation() -> Settings {
        var settings = self
        settings.validationSamples = 0
        settings.normalize()
        return settings
    }
}
