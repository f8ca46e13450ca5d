import Specs

extension Settings {
    /// Bytes that training takes beside the data set: parameters, their gradients and the optimizer's state, activations and
    /// the gradients that go back through them. A point cloud layer's tiles, a few megabytes, are not counted.
    public var trainingBytes: Int {
        let copies =
            switch optimizer {
            case .sgd: 2
            case .adam: 4
            }
        let rows = max(min(batchSize, trainImages), min(Trainer.evaluationRows, max(trainImages, testImages)))
        let widths = layerWidths
        return 4 * (linearParameters * copies + rows * (widths.reduce(0, +) + 2 * (widths.dropFirst().max() ?? 0)))
    }
}
