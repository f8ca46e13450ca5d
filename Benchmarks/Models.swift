import Specs

/// The measured models, on CIFAR-10.
enum Models {
    /// A model at the measured batch size: the paper's, or where that takes minutes one that takes about a second.
    static func model(_ architecture: Architecture, _ linear: Linear, d: Int = 16) -> Settings {
        let settings = Settings(architecture: architecture, linear: linear, d: d, dataset: .cifar10)
        let batches: [Architecture: Int] = [.alexnet: 64, .conv4: 60, .conv6: 60, .vgg16: 64, .resnet20: 128]
        return batches[architecture].map(settings.with) ?? settings
    }

    /// A PCN and its MLP for every architecture of the paper, and the MLP alone for the others that read images.
    static let pairs = Architecture.all.filter { !$0.readsGraph && $0 != .conv6 }.flatMap { architecture in
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
