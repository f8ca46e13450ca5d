import Datasets
import Specs
import Tensors

/// A data set as a run's network sees it: the run's samples, resized and scaled as its settings say.
public struct TrainingData: Sendable {
    public let train: ImageSet
    public let test: ImageSet
    /// Training images that are kept back, or a graph's nodes for validation; nil for a run without them.
    public let validation: ImageSet?
    /// Turns 8-bit pixels into the network's inputs, batch by batch.
    public let scale: PixelScale
    /// The training images of the data set's own size, where they are augmented before they are resized.
    private let unresized: ImageSet?
    private let augment: [Augmentation]
    private let seed: UInt64
    /// Of a graph, whose nodes are the rows of all splits: only the split's own have labels in it. Nil for images.
    public let adjacency: SparseMatrix?
    /// How a network with features sees an image: (y, x, channel), resized or not; nil where it reads planes as they are.
    private let interleaving: Interleaving?
    private enum Interleaving: Sendable {
        case plain
        case resized(Resampling)
    }

    public init(_ dataset: Dataset, for settings: Settings) throws {
        if settings.architecture.readsGraph, let graph = dataset.graph {
            let validation = settings.validationSamples
            self.init(
                train: graph.labelled(graph.train), test: graph.labelled(graph.test),
                validation: validation > 0 ? graph.labelled(graph.validation.prefix(validation)) : nil, scale: nil,
                adjacency: graph.adjacency, for: settings)
            return
        }
        let kept = settings.validationSamples
        var data = try dataset.subset(train: kept > 0 ? settings.trainImages : settings.trainSamples, test: settings.testSamples)
        var validation = kept > 0 ? try dataset.validation(kept) : nil
        let side = settings.inputSides.height
        // §4.2: LinearNet reads 32×32 pictures at 16×16; MNIST's 28×28 stay as they are.
        let unresized = settings.augment.isEmpty ? nil : data.train
        if side * 2 == data.train.height {
            data = data.halved()
            validation = validation?.halved()
        }
        self.init(
            train: data.train, unresized: unresized, test: data.test, validation: validation, scale: nil, for: settings)
    }

    /// Images of the data set's size that are not part of it, for predictions.
    /// - Parameter scale: the scale that the network was trained with.
    public init(images: ImageSet, scale: PixelScale, for settings: Settings) {
        let isHalved = settings.inputSides.height * 2 == images.height
        let images = isHalved ? images.halved() : images
        self.init(train: images, test: images, scale: scale, for: settings)
    }

    private init(
        train: ImageSet, unresized: ImageSet? = nil, test: ImageSet, validation: ImageSet? = nil, scale: PixelScale?,
        adjacency: SparseMatrix? = nil, for settings: Settings
    ) {
        let side = settings.inputSides.height
        (self.unresized, augment, seed) = (unresized, settings.augment, UInt64(settings.seed))
        self.adjacency = adjacency
        (self.train, self.test, self.validation) = (train, test, validation)
        if settings.architecture.features.isEmpty {
            interleaving = nil
        } else {
            interleaving = side == train.height ? .plain : .resized(Resampling(from: train.height, to: side))
        }
        self.scale = scale ?? PixelScale(settings.inputScale, fittedTo: train)
    }

    /// The order of an epoch's training images, or for another purpose: a shuffle that follows from the seed. A graph's nodes stay in theirs.
    func order(purpose: String = "shuffle", epoch: Int = 0) -> [Int32] {
        guard adjacency == nil else { return [Int32](0..<Int32(train.count)) }
        return RandomStream(seed: seed, purpose: purpose, epoch: epoch).permutation(train.count)
    }

    /// Writes the images of these indices as a network's input. Large images are resized batch by batch, not over the stored set.
    public func gather(_ images: ImageSet, _ indices: ArraySlice<Int32>, into input: Matrix, _ workers: Workers) {
        forEachPart(indices, workers) { chosen, rows in write(images, chosen, into: input[rows: rows]) }
    }

    /// The same for the training images of these indices in an epoch, each changed as the run's augmentations say.
    public func gatherForTraining(_ indices: ArraySlice<Int32>, epoch: Int, into input: Matrix, _ workers: Workers) {
        guard let unresized else { return gather(train, indices, into: input, workers) }
        forEachPart(indices, workers) { chosen, rows in
            var images = unresized.augmented(chosen, by: augment, seed: seed, epoch: epoch)
            if train.height * 2 == images.height { images = images.halved() }
            write(images, [Int32](0..<Int32(images.count))[...], into: input[rows: rows])
        }
    }

    private func forEachPart(
        _ indices: ArraySlice<Int32>, _ workers: Workers,
        _ body: @Sendable (_ chosen: ArraySlice<Int32>, _ rows: Range<Int>) -> Void
    ) {
        let parts = Tiling(indices.count, by: interleaving == nil ? 128 : 8)
        workers.forEach(parts.count) { part, _ in
            let rows = parts[part]
            body(indices[indices.startIndex + rows.lowerBound..<indices.startIndex + rows.upperBound], rows)
        }
    }

    private func write(_ images: ImageSet, _ chosen: ArraySlice<Int32>, into input: Matrix) {
        switch interleaving {
        case nil: images.gather(chosen, scale, into: input)
        case .plain?: images.interleave(chosen, scale, nil, scratch: input.base, into: input)
        case .resized(let resampling)?:
            withUnsafeTemporaryAllocation(of: Float.self, capacity: 2 * resampling.side * images.channels) { scratch in
                images.interleave(chosen, scale, resampling, scratch: scratch.baseAddress!, into: input)
            }
        }
    }
}
