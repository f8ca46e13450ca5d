import Foundation
import Specs

/// The measured models, on CIFAR-10.
enum Models {
    /// A model at the measured batch size: the paper's, or where that takes minutes one that takes about a second.
    static func model(_ architecture: Architecture, _ linear: Linear, d: Int = 16) -> Settings {
        let settings = Settings(architecture: architecture, linear: linear, d: d, dataset: .cifar10)
        let batches: [Architecture: Int] = [.alexnet: 64, .conv4: 60, .conv6: 60, .vgg16: 64, .resnet20: 128]
        return batches[architecture].map(settings.with) ?? settings
    }

    /// The environment variable that names architectures, where only some are to be measured: resnet20,vgg16.
    static let variable = "PCNLAB_BENCH_MODELS"

    private static let wanted = ProcessInfo.processInfo.environment[variable].map { $0.split(separator: ",").map(String.init) }

    /// A PCN and its MLP for every architecture of the paper, and the MLP alone for the others that read images.
    static let pairs = Architecture.all.filter { architecture in
        !architecture.readsGraph && architecture != .conv6 && wanted?.contains(architecture.name) != false
    }.flatMap { architecture in
        let isPapers = [.linearnet, .convnet, .alexnet].contains(architecture)
        return (isPapers ? [Linear.pcn, .mlp] : [.mlp]).map { model(architecture, $0) }
    }
}

extension Settings {
    func with(batch: Int) -> Settings {
        var settings = self
        settings.batchSize = batch
        return settings
    }

    /// Whether the model has convolutions, so that a step takes about a second.
    var hasFeatures: Bool { !architecture.features.isEmpty }
}
