import Specs

/// What is measured of the paper's models, on CIFAR-10.
enum Models {
    /// A model at the batch of its figures: the paper's, but for AlexNet, of which 64 images already take about a second.
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

    /// Whether a step has convolutions, and then takes a good part of a second.
    var hasFeatures: Bool { !architecture.features.isEmpty }
}
