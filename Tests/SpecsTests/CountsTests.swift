import Foundation
import Testing

@testable import Specs

@Suite struct CountsTests {
    @Test(arguments: [
        (Settings(d: 4, dataset: .cifar10), 24_370), (Settings(d: 8, dataset: .cifar10), 43_866),
        (Settings(d: 16, dataset: .cifar10), 82_858), (Settings(d: 32, dataset: .cifar10), 160_842),
        (Settings(linear: .mlp, dataset: .cifar10), 3_956_746), (Settings(d: 4, dataset: .cifar100), 24_820),
        (Settings(d: 16, dataset: .cifar100), 84_388), (Settings(linear: .mlp, dataset: .cifar100), 4_141_156),
    ])
    func thePapersCountsAreExact(settings: Settings, expected: Int) {
        #expect(settings.paperLinearParameters == expected)
    }

    @Test(arguments: Paper.table1)
    func everyParameterCountOfTable1IsReproducedToTheDigit(row: Paper.Row) throws {
        let names = row.model.split(separator: "-")
        let d = Int(names[1].dropFirst("PCN".count))
        let architecture = try #require(Architecture.all.first { $0.displayName == names[0] })
        let settings = Settings(architecture: architecture, linear: d == nil ? .mlp : .pcn, d: d ?? 16, dataset: row.dataset)
        #expect(settings.model == row.model)
        let millions = (Double(settings.paperLinearParameters) / 1000).rounded() / 1000
        #expect(millions == row.parametersInMillions)
    }

    @Test func gainsAndTrainedEpsilonsAreCounted() {
        let count = { Settings(gain: $0, dataset: .cifar10).linearParameters }
        let plain = Settings(dataset: .cifar10)
        #expect(count(.none) == plain.linearParameters && count(.layer) == count(.none) + 4)
        #expect(Settings(learnEpsilon: .layer, dataset: .cifar10).linearParameters == count(.none) + 4)
        let windowed = Settings(initialisation: .grid, window: .gaussian, dataset: .cifar10)
        #expect(windowed.linearParameters == count(.none) + 1024 && Settings(window: .gaussian, dataset: .cifar10) == plain)
        #expect(count(.neuron) == count(.none) + 1024 + 1024 + 2048 + 10)
        let weights = 768 * 1024 + 1024 * 1024 + 1024 * 2048 + 2048 * 10
        let steps = plain.batchesPerEpoch, gained = Settings(gain: .layer, dataset: .cifar10)
        #expect(gained.multiplyAddsPerEpoch.distances - plain.multiplyAddsPerEpoch.distances == 3 * weights * steps)
        #expect(gained.multiplyAddsPerEpoch.products == plain.multiplyAddsPerEpoch.products)
    }

    @Test func untiedCloudsAreCountedForEachLayer() {
        let settings = Settings(clouds: .untied, dataset: .cifar10), plain = Settings(dataset: .cifar10)
        #expect(settings.linearParameters == plain.linearParameters + 16 * (1024 + 1024 + 2048))
        #expect(settings.multiplyAddsPerEpoch == plain.multiplyAddsPerEpoch)
    }

    @Test func convolutionParametersAreThePapers() {
        let counts = Architecture.all.map { Settings(architecture: $0, dataset: .cifar10).convolutionParameters }
        #expect(counts == [0, 5_351_680, 2_469_696, 260_160, 1_145_408, 14_718_912, 271_824, 0])
        // As Waleffe and Rekatsinas count Conv4.
        let conv4 = Settings(architecture: .conv4, linear: .mlp, dataset: .cifar10)
        #expect(conv4.convolutionParameters + conv4.linearParameters == 2_425_930)
        let wide = Settings(architecture: .resnet20, filters: 64, linear: .mlp, dataset: .cifar10)
        #expect(wide.layerWidths == [256, 10] && wide.featureConvolutions.count == 21)
        #expect(Settings(architecture: .alexnet, dataset: .cifar10).layerWidths == [9216, 4096, 4096, 10])
        #expect(Settings(architecture: .convnet, dataset: .mnist).layerWidths == [1024, 1024, 10])
    }

    @Test func convolutionsMadeFromPointsAreCloudsOffsetsAndBiases() {
        let settings = Settings(architecture: .convnet, linear: .mlp, convolution: .pcn, d: 16, dataset: .cifar10)
        let (clouds, taps, biases) = (3 + 32 + 128 + 512 + 1024, 49 + 3 * 9, 32 + 128 + 512 + 1024)
        #expect(settings.convolutionParameters == 16 * (clouds + taps) + biases)
        #expect(settings.model == "ConvNetPCN16-MLP" && settings.paperRow == nil)
        let dense = Settings(architecture: .convnet, linear: .mlp, dataset: .cifar10)
        #expect(settings.linearParameters == dense.linearParameters)
        let weights = 32 * 147 + 128 * 288 + 512 * 1152 + 1024 * 4608
        #expect(settings.multiplyAddsPerEpoch.distances == 49 * 3 * 16 * weights)
        #expect(settings.multiplyAddsPerEpoch.products == dense.multiplyAddsPerEpoch.products)
    }

    @Test func aStepOfConvNetIsTheKnownWork() {
        // Forward, per image: 16²·147·32 + 8²·288·128 + 4²·1152·512 + 2²·4608·1024, then 1024·1024 + 1024·10.
        let first = 256 * 147 * 32
        let forward = first + 64 * 288 * 128 + 16 * 1152 * 512 + 4 * 4608 * 1024 + 1024 * 1034
        let settings = Settings(architecture: .convnet, linear: .mlp, dataset: .cifar10, trainSamples: 1024)
        #expect(settings.multiplyAddsPerEpoch.products == 1024 * (3 * forward - first))
    }

    @Test func theInputCloudsBiasesAreNotTrainable() {
        let settings = Settings(d: 16, dataset: .cifar10)
        #expect(settings.linearParameters == 16 * 4874 + 4106)
        #expect(settings.paperLinearParameters - settings.linearParameters == 768)
    }

    @Test func lowRankHasTwoThinMatricesALayer() {
        let settings = Settings(linear: .lowRank, d: 2, widths: [5], dataset: .mnist)
        #expect(settings.linearParameters == 2 * (784 + 5) + 5 + 2 * (5 + 10) + 10)
        #expect(settings.paperLinearParameters == settings.linearParameters)
    }

    @Test func aStepOfLinearNetIsTheKnownWork() {
        // 22.7 GFLOP a step of 1024 images: three products a layer, without the first layer's input gradient.
        let mlp = Settings(linear: .mlp, dataset: .cifar10, trainSamples: 1024).multiplyAddsPerEpoch
        #expect(mlp.products == 1024 * (3 * 3_952_640 - 786_432))
        #expect(mlp.distances == 0 && mlp.total == mlp.products)
        let pcn = Settings(d: 16, dataset: .cifar10, trainSamples: 1025).multiplyAddsPerEpoch
        #expect(pcn.products == 1025 * (3 * 3_952_640 - 786_432))
        #expect(pcn.distances == 2 * 3 * 16 * 3_952_640)
        let lowRank = Settings(linear: .lowRank, d: 3, widths: [5], dataset: .mnist, trainSamples: 7)
        #expect(lowRank.multiplyAddsPerEpoch.total == 7 * 3 * (3 * (784 + 5 + 5 + 10) - 784))
    }

    @Test func theLargestSettingsStayWithinAnInt() {
        let settings = Settings(
            d: 512, widths: [Int](repeating: 32_768, count: 32), dataset: .mnist, epochs: SettingField.countLimit, batchSize: 1)
        #expect(settings.multiplyAddsPerEpoch.total > 0)
        #expect(settings.linearParameters > 0)
        // A spec may ask for more work than can be counted.
        for linear in Linear.all {
            let widest = Settings(
                linear: linear, d: 512, widths: [Int](repeating: 32_768, count: 32), dataset: .cifar10, batchSize: 1)
            #expect(widest.multiplyAddsPerEpoch.total > 1 << 40)
        }
    }
}
