extension SettingField {
    /// Largest number of epochs, images of a step and epochs between checkpoints: far above use, and low enough that counts of
    /// steps, images and multiply-adds computed from them fit `Int`.
    static let countLimit = 1_000_000_000

    private static let counts = ValueKind.whole(1...countLimit)
    /// Training computes in float32, which neither overflows nor underflows within these bounds.
    private static let positive = ValueKind.real(1e-30...realLimit)
    /// The largest real number of a setting.
    static let realLimit = 1e30

    /// Hidden widths that a spec may give.
    private static let hiddenWidths = 1...32
    /// A number for each layer of the linear part: up to one more than hidden widths in a chain, and two for each block of another structure.
    private static let positiveByLayer = ValueKind.realOrReals(1e-30...realLimit, count: 1...2 * hiddenWidths.upperBound)

    /// Every setting, in the order in which texts list them. A setting comes after those that its applicability depends on.
    public static let all: [SettingField] = [
        .choice("architecture", \.architecture, of: Architecture.self, "the network", presence: .required, comparison: .never),
        SettingField(
            "filters", \.filters, .whole(1...1024), "channels of the first convolution; the others are in proportion",
            applicability: .filters, omittedAt: Settings.Default.filters, label: { "\($0) filters" }),
        .choice("linear", \.linear, of: Linear.self, "how the linear part makes its weights", comparison: .never),
        .choice(
            "convolution", \.convolution, of: Convolution.self, "how the convolutions make their weights",
            applicability: .convolutions, absentText: "dense", comparison: .never,
            effective: { $0.convolutionInForce?.settingValue }),
        SettingField(
            "d", \.d, .whole(1...512),
            "dimensions of the points' space; the rank under low_rank and sine_low_rank, the network's width under neural_field; the number of features under random_features, of inputs a neuron under group_mask",
            applicability: .weights(.d), comparison: .never),
        SettingField(
            "lambda", aliases: ["λ"], \.lambda, positiveByLayer,
            "λ, the weights' amplitude; a list has one for each layer of the linear part", applicability: .weights(.lambda),
            label: { "λ \($0)" }),
        SettingField(
            "epsilon", aliases: ["ε"], \.epsilon, positiveByLayer,
            "ε, half the wave's period; a list has one for each layer of the linear part", applicability: .weights(.epsilon),
            label: { "ε \($0)" }),
        .choice(
            "distance", \.distance, of: Distance.self, "what is measured between two points", applicability: .weights(.distance),
            label: { "\($0) distance" }),
        .choice(
            "wave", \.wave, of: Wave.self, "the periodic function over the distance", applicability: .weights(.wave),
            label: { "\($0) wave" }),
        SettingField(
            "omega", aliases: ["ω"], \.omega, positive, "ω, what multiplies UVᵀ under the sine",
            applicability: .linearPart(.omega),
            omittedAt: Settings.Default.omega, label: { "ω \($0)" }),
        .choice(
            "regulariser", \.regulariser, of: Regulariser.self, "the amplitude of the periodic function over n inputs",
            applicability: .weights(.regulariser), omittedAt: Regulariser.paper, label: { "\($0) regulariser" }),
        .choice(
            "clouds", \.clouds, of: CloudSharing.self, "the clouds of a PCN's points",
            applicability: .linearPart(.pointCloudOptions),
            omittedAt: CloudSharing.tied, label: { "\($0) clouds" }),
        .choice(
            "gain", \.gain, of: Gain.self, "trained factors of a PCN's weights", applicability: .linearPart(.pointCloudOptions),
            omittedAt: Gain.none, label: { $0 == "none" ? "no gains" : "a gain per \($0)" }),
        .choice(
            "learn_epsilon", \.learnEpsilon, of: LearnedEpsilon.self, "whether ε is trained",
            applicability: .linearPart(.pointCloudOptions), omittedAt: LearnedEpsilon.none,
            label: { $0 == "none" ? "ε as given" : "a learned ε per \($0)" }),
        SettingField(
            "widths", \.widths,
            // A cloud of one point has no update in the paper: its scaling n / log₂ n divides by 0.
            .wholes(each: 2...32_768, count: hiddenWidths), "hidden widths in place of the architecture's own",
            absentText: "the architecture's own", effective: { .wholes($0.hiddenWidths) }),
        .choice(
            "structure", \.structure, of: Structure.self, "how the layers of the linear part are connected",
            omittedAt: Structure.chain, label: { $0 }),
        .choice(
            "initialisation", \.initialisation, of: Initialisation.self, "how the points of a PCN are placed at first",
            applicability: .inputCloud, omittedAt: Initialisation.uniform, label: { "\($0) initialisation" }),
        .choice(
            "window", \.window, of: Window.self, "what multiplies the weights of the first layer", applicability: .grid,
            omittedAt: Window.none, label: { $0 == "none" ? "no window" : "\($0) window" }),
        .choice(
            "activation", \.activation, of: Activation.self, "what follows the hidden layers of the linear part",
            omittedAt: Activation.relu, label: { $0 }),
        .choice(
            "normalise", \.normalise, of: Normalisation.self, "the hidden vectors of the linear part",
            omittedAt: Normalisation.none, label: { $0 == "none" ? "no normalisation" : "\($0) normalisation" }),
        SettingField(
            "dropout", \.dropout, .real(0...0.99),
            "the share of the hidden vectors' elements that a step sets to 0; under alexnet and gcn, of the features' too",
            absentText: "0; under alexnet and gcn 0.5", effective: { .real($0.dropoutInForce) },
            label: { $0 == "0" ? "no dropout" : "dropout \($0)" }),
        SettingField(
            "dataset", \.dataset, .choiceOrPath(DatasetName.all.map(\.name)),
            "the data set: " + DatasetName.all.map { "\($0.name) (\($0.summary))" }.joined(separator: ", ")
                + ", path:DIR (a folder of your own images, relative to the spec)", presence: .required, comparison: .never),
        SettingField(
            "train_samples", \.trainSamples, .whole(1...DatasetName.imageLimit),
            "use only this many training images, the same for every seed", applicability: .images, absentText: "all",
            effective: { $0.architecture.readsGraph ? nil : .whole($0.trainImages) }),
        SettingField(
            "test_samples", \.testSamples, .whole(1...DatasetName.imageLimit),
            "use only this many test images, the same for every seed", applicability: .images, absentText: "all",
            effective: { $0.architecture.readsGraph ? nil : .whole($0.testImages) }),
        SettingField(
            "validation_samples", \.validationSamples, .whole(0...DatasetName.imageLimit),
            "keep this many training images back, the same for every seed, and measure the accuracy on them: a search selects by it; of a graph, nodes that are in no split",
            omittedAt: 0, label: { "\($0 == "0" ? "no" : $0) images kept back for validation" }),
        .choice("input_scale", \.inputScale, of: InputScale.self, "the scale of the pixels", label: { "\($0) inputs" }),
        SettingField(
            "augment", \.augment, .choices(Augmentation.all.map(\.name)),
            "random changes of each training image in each epoch, a list: "
                + Augmentation.all.map { "\($0.name) (\($0.summary))" }.joined(separator: ", "), applicability: .images,
            omittedAt: [], label: { $0 == "none" ? "not augmented" : "augmented by \($0)" }),
        SettingField(
            "mixup", \.mixup, .real(0...1),
            "α of mixup, which trains on mixtures of two images and their labels, the share drawn from Beta(α, α) in each step; 0 for none",
            applicability: .images,
            omittedAt: 0, label: { $0 == "0" ? "no mixup" : "mixup \($0)" }),
        SettingField(
            "epochs", \.epochs, counts, "passes over the training images",
            // If nothing depends on the run's length, more epochs only extend the run.
            fixesTrajectory: { $0.dependenceOnLength != nil }),
        SettingField(
            "batch_size", \.batchSize, counts, "images of a step", applicability: .images,
            effective: { $0.architecture.readsGraph ? nil : .whole($0.batchSize) }, label: { "batch \($0)" }),
        SettingField("learning_rate", \.learningRate, positive, "γ", label: { "learning rate \($0)" }),
        SettingField(
            "seed", \.seed, .whole(0...Int.max), "all random numbers are derived from it", comparison: .never),
        .choice("optimizer", \.optimizer, of: Optimizer.self, "the update", label: { $0 }),
        .choice("schedule", \.schedule, of: Schedule.self, "how the learning rate changes over the run", label: { $0 }),
        SettingField(
            "milestones", \.milestones, .wholes(each: 1...countLimit, count: 1...32),
            "epochs after which the learning rate is multiplied by gamma", applicability: .steps, absentText: "none",
            omittedAt: [],
            label: { $0.isEmpty ? "no milestones" : "milestones " + $0.replacing("×", with: ", ") }),
        SettingField(
            "gamma", \.gamma, positive, "the factor of the learning rate at each milestone", applicability: .steps,
            omittedAt: Settings.Default.gamma, label: { "gamma \($0)" }),
        SettingField(
            "momentum", \.momentum, .real(0...0.999), "the share of each step that the next one repeats",
            applicability: .momentum,
            omittedAt: 0, label: { $0 == "0" ? "no momentum" : "momentum \($0)" }),
        SettingField(
            "weight_decay", \.weightDecay, .real(0...1),
            "the weights' share in their own gradient under sgd; under adamw, what γ times it takes off them each step",
            applicability: .weightDecay, absentText: "0; under adamw 0.01",
            effective: { $0.optimizer.weightDecay == nil ? nil : .real($0.weightDecayInForce) },
            label: { $0 == "0" ? "no weight decay" : "weight decay \($0)" }),
        SettingField(
            "warmup", \.warmup, .real(0...Double(countLimit)),
            "epochs, or a fraction of one, over which the learning rate rises from 0 in even steps", applicability: .warmup,
            omittedAt: 0, label: { $0 == "0" ? "no warmup" : "warmup \($0)" }),
        SettingField(
            "gradient_noise", \.gradientNoise, .real(0...realLimit),
            "η of Gaussian noise on every gradient, of variance η/(1 + t)^0.55 at step t = 0, 1, …; 0 for none", omittedAt: 0,
            label: { $0 == "0" ? "no gradient noise" : "gradient noise \($0)" }),
        SettingField(
            "label_smoothing", \.labelSmoothing, .real(0...0.99),
            "the share of a label in the training loss that is spread over all classes", omittedAt: 0,
            label: { $0 == "0" ? "no label smoothing" : "label smoothing \($0)" }),
        SettingField(
            "weight_average", \.weightAverage, .real(0...1),
            "the fraction of the epochs, the last ones, after which weights enter the mean that the run ends with; 0 for the last weights",
            omittedAt: 0, label: { $0 == "0" ? "last weights" : "weights averaged over the last \($0)" }),
        SettingField(
            "compress", \.compress, .record(Compression.members, exactlyOne: Compression.rules),
            "after so many epochs the network goes on as its layers' principal components, an object: `after`; `dimensions` (a list), `threshold` (of the variance, a number or a list) or `fraction` (of the inputs); `samples` (training images that decide, 5,000 unless given); `keep_outputs` (a list)",
            applicability: .storedWeights, absentText: "none", label: { "compressed \($0)" }),
        SettingField(
            "checkpoint_every", \.checkpointEvery, counts, "epochs between checkpoints that are kept",
            absentText: "chosen so that a crash costs at most a minute", fixesTrajectory: { _ in false },
            comparison: .never),
    ]

    /// The setting that a spec's key names, by its own key or an alias.
    static func named(_ key: String) -> SettingField? {
        byKey[key]
    }

    private static let byKey: [String: SettingField] = {
        var fields: [String: SettingField] = [:]
        for field in all {
            for key in [field.key] + field.aliases { fields[key] = field }
        }
        return fields
    }()
}
