import Foundation
import Testing

@testable import Specs

@Suite struct SettingsTests {
    @Test func defaultsAreTheContracts() {
        let settings = Settings(dataset: .cifar10)
        #expect(
            settings.canonicalJSON == """
                {"architecture":"linearnet","batch_size":1024,"d":16,"dataset":"cifar10","distance":"euclidean",\
                "epochs":3500,"epsilon":0.1,"input_scale":"raw","lambda":1,"learning_rate":0.0001,"linear":"pcn",\
                "optimizer":"sgd","schedule":"constant","seed":1,"wave":"triangle"}
                """)
    }

    @Test func whatDoesNotApplyIsLeftOut() {
        let mlp = Settings(linear: .mlp, dataset: .cifar10)
        #expect(mlp.d == nil && mlp.lambda == nil && mlp.epsilon == nil && mlp.distance == nil && mlp.wave == nil)
        #expect(Settings(dataset: .cifar10, optimizer: .adam, momentum: 0.9, weightDecay: 0.1).deviationsFromPaper.count == 1)
        #expect(Settings(dataset: .cifar10, optimizer: .adamw, weightDecay: 0.01).weightDecay == nil)
        #expect(Settings(dataset: .cifar10, schedule: .onecycle, warmup: 3).warmup == 0)
        let lowRank = Settings(linear: .lowRank, d: 8, lambda: 3, dataset: .cifar10)
        #expect(lowRank.d == 8 && lowRank.lambda == nil && lowRank.wave == nil)
        #expect(Settings(linear: .mlp, d: 4, epsilon: 0.2, dataset: .cifar10) == mlp)
    }

    @Test func valuesEqualToTheDefaultMakeNoDifference() {
        let plain = Settings(dataset: .mnist)
        #expect(Settings(widths: [1024, 1024, 2048], dataset: .mnist, trainSamples: 60_000, testSamples: 10_000) == plain)
        #expect(Settings(dataset: .mnist, trainSamples: 50_000) != plain)
    }

    @Test func aListOfEqualNumbersIsOneNumber() throws {
        let spec =
            #"{"name": "t", "architecture": "linearnet", "dataset": "mnist", "widths": [8], "#
            + #""sweep": {"λ": [2, [2, 2], [2, 3]]}}"#
        let runs = try Experiment.decode(spec.utf8, file: "t").runs
        #expect(runs.map(\.lambda) == [2, LayerValues([2, 3])] && runs[0] == Settings(lambda: 2, widths: [8], dataset: .mnist))
        #expect(runs[1].deviationsFromPaper.map(\.text).contains("λ 2/3") && runs[0].canonicalJSON.contains(#""lambda":2,"#))
        let excluded = spec.dropLast() + #", "exclude": [{"lambda": [2, 2]}]}"#
        #expect(try Experiment.decode(excluded.utf8, file: "t").runs == [runs[1]])
    }

    @Test func modelsAreNamedAsInThePaper() {
        #expect(Settings(dataset: .cifar10).model == "LinearNet-PCN16")
        #expect(Settings(linear: .mlp, dataset: .cifar10).model == "LinearNet-MLP")
        #expect(Settings(linear: .lowRank, d: 4, dataset: .cifar10).model == "LinearNet-LowRank4")
    }

    @Test("models of any d have one name without it, whatever digits their architecture's name has")
    func families() {
        for linear in Linear.all {
            let families = [4, 16].map { Settings(architecture: .conv4, linear: linear, d: $0, dataset: .cifar10).modelFamily }
            #expect(families[0] == families[1] && !families[0].contains(/[0-9-]/), "\(families)")
        }
        #expect(Settings(dataset: .cifar10).modelFamily == "PCN")
        let convolutions = Settings(architecture: .convnet, linear: .pcn, convolution: .pcn, d: 16, dataset: .cifar10)
        #expect(convolutions.modelFamily == "PCN-PCN")
    }

    @Test func layerWidthsRunFromFeaturesToClasses() {
        #expect(Settings(dataset: .cifar10).layerWidths == [768, 1024, 1024, 2048, 10])
        #expect(Settings(dataset: .cifar100).layerWidths == [768, 1024, 1024, 2048, 100])
        #expect(Settings(widths: [32], dataset: .mnist).layerWidths == [784, 32, 10])
        #expect(Settings(dataset: .shapes).layerWidths.first == 768)
    }

    static let samples = [
        Settings(dataset: .cifar10), Settings(linear: .mlp, dataset: .shapes, seed: .max, optimizer: .adam),
        Settings(linear: .lowRank, d: 512, dataset: .cifar100, epochs: 1, batchSize: 1, learningRate: 1e-30),
        Settings(
            architecture: .resnet20, filters: 64, linear: .mlp, dataset: .cifar100, optimizer: .sgd, schedule: .steps,
            milestones: [80, 120], gamma: 0.5, momentum: 0.9),
        Settings(structure: .hourglass, dataset: .shapes),
        Settings(linear: .mlp, dataset: .mnist, compress: Compression(after: 2, .fraction(0.25))),
        Settings(
            architecture: .conv4, linear: .mlp, dataset: .cifar10,
            compress: Compression(
                after: 3, samples: 900, .threshold(LayerValues([1e-3, 1e-3, 1e-3, 0.1, 0.2, 0.3])),
                keepOutputs: [40, 0, 0, 0, 0, 0])),
        Settings(architecture: .vgg16, linear: .mlp, widths: [64], activation: .polyReLU, dataset: .cifar10, gradientNoise: 0.01),
        Settings(linear: .sineLowRank, d: 9, omega: 30, dataset: .cifar10),
        Settings(linear: .neuralField, d: 171, dataset: .cifar10), Settings(linear: .randomFeatures, d: 19, dataset: .mnist),
        Settings(linear: .groupMask, d: 19, dataset: .mnist),
        Settings(
            regulariser: .variance, clouds: .untied, gain: .neuron, learnEpsilon: .layer, initialisation: .grid,
            window: .gaussian, dropout: 0,
            dataset: .cifar10),
        Settings(lambda: LayerValues([1, 4.9, 1]), epsilon: LayerValues([0.5, 0.1, 1e-30]), widths: [8, 8], dataset: .shapes),
        Settings(
            architecture: .convnet, convolution: .pcn, d: 5, lambda: 4.9, epsilon: 1e30, distance: .dot, wave: .sine,
            widths: [2, 32_768], normalise: .layer, dropout: 0.1, dataset: .mnist,
            trainSamples: 10, testSamples: 1, validationSamples: 3, inputScale: .standard, augment: [.flip, .crop], mixup: 0.2,
            epochs: 25,
            batchSize: 512, learningRate: 1e-3,
            seed: 9_007_199_254_740_992, schedule: .cosine, momentum: 0.9, weightDecay: 1e-4, warmup: 0.5, labelSmoothing: 0.1,
            weightAverage: 0.25, checkpointEvery: 5),
    ]

    @Test(arguments: samples)
    func canonicalSettingsReadBackEqual(settings: Settings) throws {
        #expect(try Settings(canonicalJSON: settings.canonicalJSON) == settings)
    }

    @Test(arguments: samples)
    func codedSettingsReadBackEqual(settings: Settings) throws {
        let data = try JSONEncoder().encode(settings)
        #expect(try JSONDecoder().decode(Settings.self, from: data) == settings)
    }

    @Test func everySettingThatAppliesAndIsNotAtALaterDefaultIsInTheCanonicalForm() throws {
        var found: Set<String> = []
        for full in Self.samples {
            guard case .object(let members) = try JSONReader.read(full.canonicalJSON.utf8).content else { continue }
            #expect(members.map(\.key) == members.map(\.key).sorted())
            found.formUnion(members.map(\.key))
        }
        #expect(found == Set(SettingField.all.map(\.key)), "add a new setting to the samples, with a value of its own")
    }

    @Test func aLaterSettingAtItsDefaultLeavesTheOldCanonicalForm() throws {
        let old = Settings(architecture: .alexnet, dataset: .cifar10).canonicalJSON
        let given = try #require(
            try Experiment.decode(
                #"{"name": "t", "architecture": "alexnet", "dataset": "cifar10", "normalise": "none", "dropout": 0.5}"#.utf8,
                file: "t"
            ).runs.first)
        #expect(given.canonicalJSON == old && !old.contains("dropout") && !old.contains("normalise"))
        #expect(given.dropoutInForce == 0.5 && Settings(dataset: .cifar10).dropoutInForce == 0)
    }

    /// A run's label says "no window", not "none window".
    @Test func aChoiceOfNothingIsLabelledInWords() {
        for field in SettingField.all {
            guard case .choice(let names) = field.kind, names.contains("none") else { continue }
            #expect(!field.label("none").contains("none"), "\(field.key): \(field.label("none"))")
        }
    }

    @Test(arguments: [
        #"{"dataset":"cifar10"}"#, #"{"architecture":"linearnet","dataset":"cifar10","epochs":0}"#,
        #"{"architecture":"linearnet","dataset":"cifar10","seed":"7"}"#, #"{"architecture":"linearnet","dataset":"x"}"#,
        #"{"architecture":"linearnet","dataset":"mnist","epsilon":[0.1,0.2]}"#, "[]", "",
    ])
    func settingsOutsideTheLimitsAreNotReadBack(text: String) {
        #expect(throws: SpecDiagnostics.self) { try Settings(canonicalJSON: text) }
        #expect(throws: DecodingError.self) { try JSONDecoder().decode(Settings.self, from: Data(text.utf8)) }
    }
}
