extension SettingField {
    /// Most epochs, images a step and epochs between checkpoints: far above use, and low enough that counts of steps,
    /// images and multiply-adds made from them stay within `Int`.
    static let countLimit = 1_000_000_000

    private static let counts = ValueKind.whole(1...countLimit)
    /// Training computes in float32, which neither overflows nor vanishes within these bounds.
    private static let positive = ValueKind.real(1e-30...1e30)

    /// Every setting, in the order in which people list them.
    public static let all: [SettingField] = [
        .choice("architecture", \.architecture, "the network", presence: .required, comparison: .never),
        .choice(
            "linear", \.linear, "how the linear part makes its weights: from points, stored, or UVᵀ",
            comparison: .never),
        // Before the settings that depend on it.
        SettingField(
            "convolution", \.convolution, .choice(Convolution.allCases.map(\.rawValue)),
            "how the convolutions make their weights: stored, or from points along the channel axis",
            applicability: .convolutions, absentText: "dense", comparison: .never, effective: { $0.convolutionInForce }),
        SettingField(
            "d", \.d, .whole(1...512), "dimensions of the points' space, or the rank under low_rank",
            applicability: .pointClouds(or: .lowRank), comparison: .never),
        SettingField(
            "lambda", aliases: ["λ"], \.lambda, positive, "λ, the weights' amplitude", applicability: .pointClouds(),
            label: { "λ \($0)" }),
        SettingField(
            "epsilon", aliases: ["ε"], \.epsilon, positive, "ε, half the wave's period", applicability: .pointClouds(),
            label: { "ε \($0)" }),
        .pcnChoice("distance", \.distance, "what is measured between two points", label: { "\($0) distance" }),
        .pcnChoice("wave", \.wave, "the periodic function over the distance", label: { "\($0) wave" }),
        SettingField(
            "widths", \.widths,
            // A cloud of one point has no update in the paper: its scaling n / log₂ n divides by 0.
            .wholes(each: 2...32_768, count: 1...32), "hidden widths in place of the architecture's own",
            absentText: "the architecture's own", effective: { .wholes($0.hiddenWidths) }),
        .choice("dataset", \.dataset, "the data set; shapes needs no download", presence: .required, comparison: .never),
        SettingField(
            "train_samples", \.trainSamples, .whole(1...most(\.trainImages)),
            "use only this many training images, the same for every seed", absentText: "all",
            effective: { .whole($0.trainImages) }),
        SettingField(
            "test_samples", \.testSamples, .whole(1...most(\.testImages)),
            "use only this many test images, the same for every seed", absentText: "all",
            effective: { .whole($0.testImages) }),
        .choice(
            "input_scale", \.inputScale, "pixels as 0…255, as 0…1, or with mean 0 and variance 1 per channel",
            label: { "\($0) inputs" }),
        SettingField(
            "epochs", \.epochs, counts, "passes over the training images",
            // Under a cosine every step depends on the run's length; otherwise more epochs only carry on.
            fixesTrajectory: { $0.schedule == .cosine }),
        SettingField("batch_size", \.batchSize, counts, "images a step", label: { "batch \($0)" }),
        SettingField("learning_rate", \.learningRate, positive, "γ", label: { "learning rate \($0)" }),
        SettingField("seed", \.seed, .whole(0...Int.max), "what all randomness is derived from", comparison: .never),
        .choice("optimizer", \.optimizer, "the paper's update with its scalings, or Adam without", label: { $0 }),
        .choice("schedule", \.schedule, "the learning rate's course", label: { $0 }),
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

    private static func most(_ count: KeyPath<DatasetName.Blueprint, Int>) -> Int {
        DatasetName.allCases.map { $0.blueprint[keyPath: count] }.max() ?? 0
    }
}
