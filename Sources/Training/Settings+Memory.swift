import Networks
import Specs

extension Settings {
    /// Images that are evaluated at once: many small ones, and no more large ones than a batch has.
    var evaluationRows: Int { graphNodes ?? imagesOfEvaluation }

    private var imagesOfEvaluation: Int { architecture.features.isEmpty ? 1024 : min(max(batchSize, 64), 1024) }

    /// The most rows of one pass.
    var rows: Int {
        graphNodes ?? max(min(batchSize, trainImages), min(evaluationRows, max(trainImages, testImages, validationSamples)))
    }

    /// Floats for an image that batch norms and residual blocks keep beside their outputs.
    private var normalisedFloats: Int {
        let kept = featureSides.map { part in
            let made = part.layer.madeFloats(part.input)
            return max(0, made - part.output.count)
        }
        let blocks = featureSides.map { part -> Int in
            guard case .residual = part.layer else { return 0 }
            return 2 * max(part.input.count, part.output.count) + part.input.count
        }
        return kept.reduce(0, +) + (blocks.max() ?? 0)
    }

    /// Bytes that a compression takes, in float64: for every layer the products of what it reads or the samples themselves, and for one at a
    /// time copies of these, eigenvectors and LAPACK's own memory.
    private var compressionBytes: Int {
        guard let compress else { return 0 }
        let images = min(compress.samples, trainImages)
        let wanted = compressedShape?.dimensions ?? []
        let sizes = compressibleInputs.enumerated().map { index, input -> (kept: Int, working: Int) in
            let samples = images * input.positions, components = wanted.indices.contains(index) ? wanted[index] : 0
            if InputStatistics.storesProducts(inputs: input.inputs, samples: samples, components: components) {
                return (input.inputs * input.inputs, 3 * input.inputs * input.inputs)
            }
            return (samples * input.inputs, 4 * samples * samples + 2 * samples * input.inputs)
        }
        return 8 * (sizes.map(\.kept).reduce(0, +) + (sizes.map(\.working).max() ?? 0))
    }

    /// Bytes that training takes beside the data set: parameters, their gradients and the optimizer's state, activations and
    /// their gradients, and the scratch memory of a convolution's backward pass. Each thread's tiles, some megabytes,
    /// are not counted.
    public var trainingBytes: Int {
        // A parameter, its gradient, the optimizer's state, and the average.
        let copies = 2 + stateTensors
        let widths = layerWidths
        // Vectors that are normalised, and those of which some elements are dropped, are kept in both forms.
        let normalised = normalise == .none ? [] : widths.dropFirst().dropLast()
        let dropped =
            dropoutInForce == 0
            ? [] : widths.dropLast().indices.filter { architecture.dropped.contains($0, of: widths.count - 1) }.map { widths[$0] }
        // A graph's linear layers read sums over neighbours, which are kept as well.
        let sums = architecture.readsGraph ? widths.dropLast() : []
        let polynomial = activation == .relu ? [] : widths.dropFirst().dropLast()
        let outputs = featureSides.map(\.output.count) + widths.dropFirst() + normalised + polynomial + dropped + sums
        let activations =
            inputSides.count + outputs.reduce(0, +) + 2 * (outputs.max() ?? 0) + normalisedFloats
            + (structure == .chain ? 0 : 6 * (widths.max() ?? 0))
        // Of a convolution's backward pass: the parts of the weights' gradient, or the input's gradient under a stride.
        let partials = featureSides.isEmpty ? 0 : 8_388_608
        let phases = featureConvolutions.dropFirst().map { part in
            part.output.channels * part.kernel * part.kernel * part.input.channels
                + (part.stride == 1 ? 0 : rows * part.input.count)
        }
        let parameters = (linearParameters + convolutionParameters) * copies
        let working = max(partials, phases.max() ?? 0) + linear.workingFloats(linearDimensions, rows)
        return 4 * (parameters + rows * activations + working) + compressionBytes
    }
}
