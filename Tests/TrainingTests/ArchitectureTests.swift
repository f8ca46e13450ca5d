import Datasets
import Foundation
import Networks
import Specs
import Tensors
import Testing

@testable import Training

/// Whatever is in the registry of architectures: a new one is tested here without a line of its own.
@Suite("Every architecture")
struct ArchitectureTests {
    private static func settings(_ architecture: Architecture, _ structure: Structure = .chain) -> Settings {
        let isGraph = architecture.readsGraph
        return Settings(
            architecture: architecture, filters: 2, linear: .mlp, widths: [12, 10, 8], structure: structure,
            dataset: isGraph ? .communities : .shapes, trainSamples: isGraph ? nil : 6, testSamples: isGraph ? nil : 2,
            inputScale: .standard, epochs: 2, batchSize: 4, learningRate: 1e-3, optimizer: .adam)
    }

    private func trainer(_ settings: Settings, threads: Int) throws -> Trainer {
        let dataset = settings.graphNodes == nil ? Fixture.shapes : GraphTrainingTests.communities
        return Trainer(settings, try TrainingData(dataset, for: settings), threads: threads, now: { 0 })
    }

    @Test("gives the same bits with one and three threads, and stopped and resumed", arguments: Architecture.all)
    func bits(_ architecture: Architecture) throws { try check(Self.settings(architecture)) }

    @Test("and every structure of the linear part", arguments: Structure.all)
    func structures(_ structure: Structure) throws {
        for architecture in [Architecture.linearnet, .resnet20, .gcn] { try check(Self.settings(architecture, structure)) }
    }

    private func check(_ settings: Settings) throws {
        let whole = TestHost(), end = try trainer(settings, threads: 1).train(whole)
        let threaded = TestHost()
        #expect(try trainer(settings, threads: 3).train(threaded) == end && threaded.epochs == whole.epochs)
        // In the middle of the second epoch.
        let first = TestHost(patience: settings.graphNodes == nil ? 4 : 2), second = TestHost()
        #expect(try trainer(settings, threads: 2).train(first) == .stopped)
        let rest = try trainer(settings, threads: 1)
        try rest.resume(from: Safetensors(try #require(first.checkpoints.last).contents))
        #expect(try rest.train(second) == end && first.epochs + second.epochs == whole.epochs)
        #expect(whole.checkpoints.last?.contents == second.checkpoints.last?.contents)
    }

    @Test("exports every parameter, and the linear part under names of its own", arguments: Architecture.all)
    func export(_ architecture: Architecture) throws {
        let settings = Self.settings(architecture), host = TestHost()
        _ = try trainer(settings, threads: 2).train(host)
        let checkpoint = try Safetensors(try #require(host.checkpoints.last).contents)
        let parameters = settings.networkPlan(batch: 1).parameters
        let tensors = try WeightExport(settings, checkpoint, expanded: false).tensors
        #expect(tensors.reduce(0) { $0 + $1.count } == parameters.reduce(0) { $0 + $1.value.count })
        #expect(Set(tensors.map(\.name)).count == tensors.count)
    }

    @Test("has as many trained parameters as its settings count", arguments: Architecture.all)
    func counts(_ architecture: Architecture) {
        for linear in Linear.all {
            var settings = Self.settings(architecture)
            settings = Settings(
                architecture: architecture, filters: 2, linear: linear, d: 3, widths: [12, 10], dataset: settings.dataset)
            let parameters = settings.networkPlan(batch: 1).parameters.filter(\.isTrained)
            // A masked weight is stored and trained as a whole; its zeros do not count.
            guard linear != .groupMask else { continue }
            #expect(
                parameters.reduce(0) { $0 + $1.value.count } == settings.linearParameters + settings.convolutionParameters,
                "\(settings.model)")
        }
    }
}
