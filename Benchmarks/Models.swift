import Specs

/// The measured models, on CIFAR-10.
enum Models {
    /// A model at the measured batch size: the paper's, except for AlexNet, where 64 images take about a second.
    static func model(_ architecture: Architecture, _ linear: Linear, d: Int = 16) -> Settings {
        let settings = Settings(architecture: architecture, linear: linear, d: d, dataset: .cifar10)
        return architecture == .alexnet ? settings.with(batch: 64) : settings
    }

    /// A PCN and its MLP for every architecture.
    static let pairs = Architecture.all.flatMap { architecture in
        [Linear.pcn, .mlp].map { model(architecture, $0) }
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
