import Specs

extension Settings {
    /// Images that are evaluated at once: many small ones, and no more large ones than a batch has.
    var evaluationRows: Int { architecture.features.isEmpty ? 1024 : min(max(batchSize, 64), 1024) }

    /// The most rows of one pass.
    var rows: Int { max(min(batchSize, trainImages), min(evaluationRows, max(trainImages, testImages))) }

    /// Bytes that training takes beside the data set: parameters, their gradients and the optimizer's state, activations and
    /// the gradients that go back through them, and what a convolution's backward pass takes apart. What is
    /// made of point clouds, some megabytes at a time, is not counted.
    public var trainingBytes: Int {
        // A parameter, its gradient, and the optimizer's state.
        let copies = 2 + optimizer.stateTensors
        let outputs = featureSides.map(\.output.count) + layerWidths.dropFirst()
        let activations = inputSides.count + outputs.reduce(0, +) + 2 * (outputs.max() ?? 0)
        // One copy of the largest gradient of a convolution's output, its channels in groups of 48.
        let packed = featureSides.map { $0.output.height * $0.output.width * ($0.output.channels + 47) }.max() ?? 0
        let parameters = (linearParameters + convolutionParameters) * copies
        return 4 * (parameters + rows * (activations + packed) + linear.workingFloats(linearDimensions, rows))
    }
}
