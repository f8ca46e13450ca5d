import Datasets
import Specs

/// A data set as a run's network sees it: the run's samples, resized and scaled as its settings say.
public struct TrainingData: Sendable {
    public let train: ImageSet
    public let test: ImageSet
    /// Turns 8-bit pixels into the network's inputs, batch by batch.
    public let scale: PixelScale

    public init(_ dataset: Dataset, for settings: Settings) throws {
        var data = try dataset.subset(train: settings.trainSamples, test: settings.testSamples)
        // §4.2: LinearNet reads 32×32 pictures at 16×16; MNIST's 28×28 stay as they are.
        if data.train.height == 32 { data = data.halved() }
        (train, test) = (data.train, data.test)
        scale = PixelScale(PixelScaling(settings.inputScale), fittedTo: train)
    }
}

extension PixelScaling {
    init(_ scale: InputScale) {
        switch scale {
        case .raw: self = .raw
        case .unit: self = .unit
        case .standard: self = .standard
        }
    }
}
