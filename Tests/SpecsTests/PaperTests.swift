import Testing

@testable import Specs

@Suite struct PaperTests {
    @Test func table1HasNineModelsOnTwoDataSetsInThePapersOrder() {
        #expect(Paper.table1.count == 18)
        #expect(Paper.table1.map(\.dataset) == Array(repeating: [.cifar10, .cifar100], count: 9).flatMap { $0 })
        #expect(Paper.table1.first?.model == "LinearNet-PCN4" && Paper.table1.last?.model == "AlexNet-MLP")
        #expect(Paper.row(model: "LinearNet-PCN16", dataset: .cifar10)?.testAccuracy == 53.0)
        #expect(Paper.row(model: "LinearNet-PCN16", dataset: .mnist) == nil)
    }

    @Test func runsWithThePapersSettingsHaveNoDeviations() {
        for d in [4, 8, 16, 32] {
            let settings = Settings(d: d, dataset: .cifar100, seed: 5, checkpointEvery: 3)
            #expect(settings.deviationsFromPaper.isEmpty)
            #expect(settings.paperRow?.model == settings.model)
        }
        #expect(Settings(linear: .mlp, dataset: .mnist).deviationsFromPaper.isEmpty)
        #expect(Settings(linear: .mlp, dataset: .mnist).paperRow == nil)
    }

    @Test func deviationsAreNamedInTheOrderOfTheSettings() {
        let settings = Settings(
            lambda: 4.9, distance: .squared, wave: .sine, widths: [64, 32], dataset: .cifar10, trainSamples: 100,
            inputScale: .standard, epochs: 40, batchSize: 512, learningRate: 1e-3, optimizer: .adam, schedule: .cosine)
        #expect(
            settings.deviationsFromPaper.map(\.text) == [
                "λ 4.9", "squared distance", "sine wave", "widths 64×32", "train_samples 100", "standard inputs",
                "epochs 40", "batch 512", "learning rate 0.001", "adam", "cosine",
            ])
        #expect(settings.paperRow == nil)
    }

    @Test func settingsThatArePartOfTheModelsNameAreNoDeviation() {
        #expect(Settings(d: 5, dataset: .cifar10).deviationsFromPaper.isEmpty)
        #expect(Settings(linear: .lowRank, d: 8, dataset: .cifar10).deviationsFromPaper.isEmpty)
        #expect(Settings(d: 5, dataset: .cifar10).paperRow == nil)
    }
}
