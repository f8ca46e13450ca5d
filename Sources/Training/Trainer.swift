import Crypto
import Datasets
import Foundation
import Networks
import Specs
import Tensors

/// How a training ended.
public enum TrainingEnd: Sendable, Equatable {
    /// Accuracies of the final weights over the whole of both splits, and the digest of the weights.
    /// `validationAccuracy` is nil for a run without validation images.
    case completed(trainAccuracy: Double, testAccuracy: Double, validationAccuracy: Double?, weightsSHA256: String)
    /// The loss or a parameter is no longer finite.
    case diverged(Divergence)
    /// It is trained to the epoch that it was given, which is not its last. The last checkpoint holds its state.
    case reachedEpoch
    /// It was asked to stop. The last checkpoint holds its state.
    case stopped
}

/// One epoch's figures.
public struct EpochFigures: Sendable, Equatable {
    public let epoch: Int
    public let loss: Double
    public let trainAccuracy: Double
    public let testAccuracy: Double
    /// Nil for a run without validation images.
    public let validationAccuracy: Double?
    public let seconds: Double
}

/// What a trainer calls while it trains.
public protocol TrainingHost {
    /// Read before every batch, of evaluation too.
    var shouldStop: Bool { get }
    /// Called after every batch with the number of completed epochs, the completed fraction of the next one, and its figures so far.
    func progressed(epoch: Int, fraction: Double, loss: Double, accuracy: Double)
    /// Called when an epoch is completed, before the checkpoint that advances past it: every epoch up to a checkpoint has its row.
    func completed(_ epoch: EpochFigures) throws
    /// Stores `contents` durably as the checkpoint of this place. A `kept` one is not removed for newer ones. All numbers are finite.
    func checkpoint(epoch: Int, batch: Int, kept: Bool, _ contents: CheckpointContents) throws
}

/// Trains one run: the epochs, their evaluation and their checkpoints.
///
/// Every number depends only on the settings, the data and the position. A run that is stopped and resumed at any batch gives the same
/// bits as one that is not.
public final class Trainer {
    private let settings: Settings
    private let data: TrainingData
    /// In full, and then compressed if the settings say so.
    private var trained: TrainedNetwork
    private var network: Network { trained.network }
    private var average: WeightAverage? { trained.average }
    private let now: () -> Double
    /// Labels of the batch in the network's input.
    private var labels: [UInt8] = []
    private var position = TrainingPosition()
    /// When the last checkpoint was written, and of which place; no place where there is none.
    private var lastCheckpoint: (time: Double, epoch: Int?, batch: Int?)

    /// Seconds between checkpoints, half of the time that a crash may cost.
    private static let checkpointInterval = 30.0

    /// - Parameter now: seconds of a monotonic clock.
    public init(_ settings: Settings, _ data: TrainingData, threads: Int, now: @escaping () -> Double = Trainer.monotonic) {
        self.settings = settings
        self.data = data
        self.now = now
        trained = TrainedNetwork(settings, data, workers: Workers(threads: threads))
        lastCheckpoint = (now(), nil, nil)
    }

    public static func monotonic() -> Double { Double(DispatchTime.now().uptimeNanoseconds) / 1e9 }

    /// Continues from a checkpoint's place. After an error the trainer must not be used.
    public func resume(from checkpoint: Safetensors) throws {
        guard let place = TrainingPosition(metadata: checkpoint.metadata), place.epoch <= settings.epochs,
            place.batch <= batches.count, place.score.samples <= data.train.count
        else { throw Safetensors.Failure.malformed("its metadata names no place in this training") }
        position = place
        if let compressed = TrainedNetwork.Compressed(settings, metadata: checkpoint.metadata) {
            trained = TrainedNetwork(settings, data, workers: network.workers, compressed: compressed)
        }
        for (name, tensor) in tensors { try checkpoint.load(name, into: tensor) }
    }

    /// Trains to the last epoch, or until it is asked to stop.
    /// - Parameter until: an earlier epoch after which it stops, with a checkpoint. Nothing else depends on it.
    public func train(_ host: some TrainingHost, until: Int? = nil) throws -> TrainingEnd {
        // A checkpoint of an earlier version may hold numbers that are not finite.
        if let divergence { return .diverged(divergence) }
        let last = min(settings.epochs, until ?? settings.epochs)
        while position.epoch < last {
            if let end = try trainEpoch(host, last: last) { return end }
        }
        if position.epoch < settings.epochs { return .reachedEpoch }
        average?.exchange()
        defer { average?.exchange() }
        guard let train = evaluate(data.train, host), let test = evaluate(data.test, host) else { return .stopped }
        let validation = data.validation.map { evaluate($0, host) }
        if case .some(nil) = validation { return .stopped }
        guard train.loss.isFinite, test.loss.isFinite else { return .diverged(diverged(.finalLoss)) }
        return .completed(
            trainAccuracy: train.accuracy, testAccuracy: test.accuracy, validationAccuracy: validation??.accuracy,
            weightsSHA256: digestOfWeights)
    }

    /// Trains the rest of one epoch, evaluates it, and stores its row and its checkpoint. Returns nil when the next epoch can begin.
    /// - Parameter last: the epoch after which it stops.
    private func trainEpoch(_ host: some TrainingHost, last: Int) throws -> TrainingEnd? {
        var started = now()
        /// Adds the time since the last call to the position's.
        func lap() {
            position.seconds += now() - started
            started = now()
        }
        if let end = compressIfDue() { return end }
        let order = data.order(epoch: position.epoch + 1)
        while position.batch < batches.count {
            if host.shouldStop {
                lap()
                return try checkpoint(host) ?? .stopped
            }
            let score = step(order[batches[position.batch]])
            position.batch += 1
            guard score.loss.isFinite else { return .diverged(diverged(.loss)) }
            position.score += score
            host.progressed(
                epoch: position.epoch, fraction: Double(position.batch) / Double(batches.count),
                loss: position.score.meanLoss, accuracy: position.score.accuracy)
            if now() - lastCheckpoint.time > Self.checkpointInterval {
                lap()
                if let end = try checkpoint(host) { return end }
            }
        }
        // A value that is not finite never becomes finite again: one check in an epoch finds it, even where the loss stays finite.
        if let divergence { return .diverged(divergence) }
        let validation = data.validation.map { evaluate($0, host) }
        guard let test = evaluate(data.test, host), validation == nil || validation! != nil else {
            lap()
            return try checkpoint(host) ?? .stopped
        }
        lap()
        let score = position.score
        let figures = EpochFigures(
            epoch: position.epoch + 1, loss: score.meanLoss, trainAccuracy: score.accuracy, testAccuracy: test.accuracy,
            validationAccuracy: validation??.accuracy, seconds: position.seconds)
        average?.add(after: figures.epoch, network.workers)
        try host.completed(figures)
        position = TrainingPosition()
        position.epoch = figures.epoch
        let isKept = settings.checkpointEvery.map { figures.epoch % $0 == 0 } ?? false
        if isKept || figures.epoch == last || now() - lastCheckpoint.time > Self.checkpointInterval {
            return try checkpoint(host, kept: isKept)
        }
        return nil
    }

    /// Compresses the network before the first epoch that is trained so. It follows from the weights and the data alone: a run that is resumed
    /// at this place from a checkpoint of the full network comes to the same.
    private func compressIfDue() -> TrainingEnd? {
        guard let compression = settings.compress, position.epoch >= compression.after, trained.compressed == nil else {
            return nil
        }
        guard let small = trained.compressed(compression, settings, data) else { return .diverged(diverged(.components)) }
        trained = small
        return nil
    }

    /// One update on the images of these indices: forward, backward, optimizer.
    private func step(_ indices: ArraySlice<Int32>) -> Score {
        data.gatherForTraining(
            indices, epoch: position.epoch + 1, into: network.input(indices.count), network.workers)
        setLabels(data.train, indices)
        let place = BatchPlace(epoch: position.epoch + 1, firstImage: batches[position.batch].lowerBound)
        let score = network.gradient(indices.count, labels: labels, at: place)
        let done = position.epoch * batches.count + position.batch
        let rate = settings.schedule.rate(
            settings.learningRate, step: done, of: settings.epochs * batches.count,
            falls: (settings.gamma, settings.milestones.count { $0 <= position.epoch }))
        let warmup = settings.warmup * Double(batches.count)
        let rise = warmup > 0 ? min(1, Double(done + 1) / warmup) : 1
        trained.noise?.add(step: done, network.workers)
        // A compressed network's optimizer begins anew, but not the schedule.
        let before = trained.compressed == nil ? 0 : (settings.compress?.after ?? 0) * batches.count
        trained.optimizer.update(step: done + 1 - before, learningRate: rate * rise, network.workers)
        return score
    }

    /// Evaluates all of `images` without training. Returns nil when it was asked to stop.
    private func evaluate(_ images: ImageSet, _ host: some TrainingHost) -> Score? {
        let order = [Int32](0..<Int32(images.count))
        let slices = Tiling(images.count, by: settings.evaluationRows)
        var total = Score()
        for index in 0..<slices.count {
            if host.shouldStop { return nil }
            gather(images, order[slices[index]])
            total += network.evaluate(slices[index].count, labels: labels)
        }
        return total
    }

    /// Writes the images' pixels to the network's input, and sets `labels`.
    private func gather(_ images: ImageSet, _ indices: ArraySlice<Int32>) {
        data.gather(images, indices, into: network.input(indices.count), network.workers)
        setLabels(images, indices)
    }

    private func setLabels(_ images: ImageSet, _ indices: ArraySlice<Int32>) {
        labels.removeAll(keepingCapacity: true)
        labels.append(contentsOf: indices.lazy.map { images.labels[Int($0)] })
    }

    /// Writes a checkpoint, unless this trainer's last one is of the same place: its state is the same. Returns an end where a number
    /// in it is not finite, and writes nothing then.
    private func checkpoint(_ host: some TrainingHost, kept: Bool = false) throws -> TrainingEnd? {
        if let divergence { return .diverged(divergence) }
        if !kept, (lastCheckpoint.epoch, lastCheckpoint.batch) == (position.epoch, position.batch) { return nil }
        var metadata = position.metadata.merging(["settings": settings.canonicalJSON]) { old, _ in old }
        if let compressed = trained.compressed { metadata.merge(compressed.shape.metadata) { old, _ in old } }
        if average != nil, position.epoch == settings.epochs { metadata[WeightAverage.key] = WeightAverage.value }
        try host.checkpoint(
            epoch: position.epoch, batch: position.batch, kept: kept, CheckpointContents(tensors, metadata: metadata))
        lastCheckpoint = (now(), position.epoch, position.batch)
        return nil
    }

    /// What is not finite in the state that a checkpoint holds; nil where all is.
    private var divergence: Divergence? {
        if !position.score.loss.isFinite { return diverged(.loss) }
        return tensors.first { !$0.tensor.isFinite }.map { diverged(.tensor($0.name)) }
    }

    private func diverged(_ cause: Divergence.Cause) -> Divergence {
        let isBetweenEpochs = position.batch == 0 && position.epoch > 0
        return Divergence(
            cause: cause, epoch: isBetweenEpochs ? position.epoch : position.epoch + 1,
            batch: isBetweenEpochs ? batches.count : position.batch)
    }

    /// The tensors that a checkpoint holds.
    private var tensors: [(name: String, tensor: Tensor)] { trained.tensors(after: position.epoch) }

    private var batches: Tiling { Tiling(data.train.count, by: settings.graphNodes ?? min(settings.batchSize, data.train.count)) }

    /// The digest of the weights at this place: at the end of a run with an average, of the average.
    public var weightsSHA256: String {
        guard let average, position.epoch == settings.epochs else { return digestOfWeights }
        average.exchange()
        defer { average.exchange() }
        return digestOfWeights
    }

    /// SHA-256 over the parameters in order: each one's name and shape on a line, then its float32 bytes, little-endian.
    private var digestOfWeights: String {
        var digest = SHA256()
        for parameter in network.parameters {
            digest.update(data: Data("\(parameter.name) \(parameter.value.shape)\n".utf8))
            digest.update(bufferPointer: UnsafeRawBufferPointer(parameter.value.elements))
        }
        return digest.finalize().hexadecimal
    }
}
