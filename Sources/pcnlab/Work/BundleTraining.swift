import Cluster
import Foundation
import Lab
import Logging
import Operations
import Specs
import Synchronization
import Tensors
import Training

/// Trains bundles: a worker without a database.
struct BundleTraining: Sendable {
    let threads: Int
    private let datasets = DatasetCache(nil)
    private let logger = Logger(label: "pcnlab") { _ in LineLogHandler(terminal: .error) }
    private let control = BundleControl()

    init(threads: Int) { self.threads = threads }

    /// Asks for a stop at the next batch, with a checkpoint. Safe to call from any thread.
    func stop() { control.stop() }

    /// Trains one bundle. Returns the exit code that says how it ended; nil if it is completed.
    func train(_ folder: URL) throws -> ExitStatus? {
        let environment = ProcessInfo.processInfo.environment
        let given = environment["PCNLAB_NODE"] ?? "", job = environment["PCNLAB_JOB"] ?? ""
        let node = given.isEmpty ? NodeName.ofHost : given
        let arithmetic = Arithmetic.current.description
        let work: BundleWork
        do {
            work = try BundleWork(
                folder, job: job.isEmpty ? "hand.\(node).\(getpid())-0" : job, node: node, arithmetic: arithmetic)
        } catch BundleWork.Refusal.completed {
            logger.info("\(folder.lastPathComponent.printable)  is completed already")
            return nil
        } catch BundleWork.Refusal.busy {
            logger.warning("\(folder.lastPathComponent.printable)  another process trains it")
            return .tryAgain
        }
        return try train(work, node: node, arithmetic)
    }

    private func train(_ work: BundleWork, node: String, _ arithmetic: String) throws -> ExitStatus? {
        let bundle = work.bundle, settings = bundle.settings
        let name = "\(bundle.run.prefix(8)) \(settings.model) \(settings.dataset.label) seed \(settings.seed)"
        func end(_ kind: BundleOutcome.Kind, _ reason: String?, _ status: ExitStatus?, _ figures: FinalFigures? = nil) throws
            -> ExitStatus?
        {
            let text = "\(name)  \(kind.rawValue)" + (reason.map { ": \($0)" } ?? "")
            logger.log(level: status == nil || kind == .stopped ? .info : .warning, "\(text.printable)")
            try control.persistently(logger) { try work.finish(kind, reason, figures) }
            return status
        }
        if control.isAskedBySignal { return try end(.stopped, "its job ended before it began", .tryAgain) }
        if work.isStopWanted { return try end(.stopped, "it is not wanted any more", .tryAgain) }
        if let before = bundle.arithmetic, settings.decisive(before) != settings.decisive(arithmetic) {
            let reason =
                "\(node) computes with \(settings.decisive(arithmetic)), and the run was trained with \(settings.decisive(before))"
            return try end(.refused, reason, .unavailable)
        }
        let ofRun = control.ofOneRun()
        do {
            try checkMemory(settings)
            let data = try TrainingData(try datasets.available(bundle.data), for: settings)
            try ofRun.persistently(logger) {
                try work.begin(threads: threads, version: PCNLab.configuration.version) { ofRun.stop() }
            }
            logger.info("\("\(name)  started on \(node), attempt \(bundle.attempt)".printable)")
            let host = BundleHost(work: work, control: ofRun, logger: logger, name: name, epochs: settings.epochs)
            switch try trainer(work, data, ofRun).train(host, until: bundle.until) {
            case .completed(let train, let test, let validation, let digest):
                let figures = FinalFigures(
                    trainAccuracy: train, testAccuracy: test, weightsSHA256: digest, validationAccuracy: validation)
                return try end(.completed, nil, nil, figures)
            case .diverged(let divergence): return try end(.diverged, "\(divergence)", .someRunFailed)
            case .reachedEpoch: return try end(.rung, nil, nil)
            case .stopped: return try end(.stopped, stopReason, .tryAgain)
            }
        } catch let error as DataUnavailable {
            return try end(.waits, "\(node): \(error.reason)", .missingFile)
        } catch {
            // It was told to stop while it could not write. The next attempt goes on from the last checkpoint.
            if ofRun.shouldStop { return try end(.stopped, stopReason, .tryAgain) }
            return try end(.failed, Failure(error).message, .someRunFailed)
        }
    }

    private var stopReason: String {
        StopSignals.received.map { "its job got signal \(Self.names[$0] ?? "\($0)")" } ?? "it was asked to stop"
    }

    private static let names: [Int32: String] = [SIGINT: "INT", SIGTERM: "TERM", SIGHUP: "HUP", SIGUSR1: "USR1"]

    /// A trainer at the farthest undamaged checkpoint, or at the beginning.
    private func trainer(_ work: BundleWork, _ data: TrainingData, _ control: BundleControl) throws -> Trainer {
        for (file, digest) in try work.checkpoints() {
            do {
                let checkpoint = try CheckpointFile.read(file, sha256: digest)
                let trainer = Trainer(work.bundle.settings, data, threads: threads)
                try trainer.resume(from: checkpoint)
                return trainer
            } catch  where CheckpointFile.isDamaged(error) {
                try control.persistently(logger) {
                    try work.append(JournalLine(note: .init(kind: "checkpoint damaged", detail: "\(error)")))
                }
            }
        }
        return Trainer(work.bundle.settings, data, threads: threads)
    }
}

/// Stops the training of a bundle, and waits for storage that cannot be written.
final class BundleControl: Sendable {
    private let isStopping = Atomic<Bool>(false)
    /// The process's control; nil for itself.
    private let process: BundleControl?

    init(process: BundleControl? = nil) { self.process = process }

    /// A control that stops with the process, and whose own stop concerns one run.
    func ofOneRun() -> BundleControl { BundleControl(process: self) }

    func stop() { isStopping.store(true, ordering: .relaxed) }

    var shouldStop: Bool { isStopping.load(ordering: .relaxed) || process?.shouldStop ?? false }

    /// Whether the whole process should end.
    var isAskedBySignal: Bool { (process ?? self).isStopping.load(ordering: .relaxed) }

    /// Repeats what fails because the storage takes nothing, until it succeeds or a stop is wanted: then some seconds longer.
    func persistently<T>(_ logger: Logger, _ body: () throws -> T) throws -> T {
        var isKnown = false, triesLeft = 20
        while true {
            do { return try body() } catch {
                let failure = Failure(error)
                guard failure.status == .cannotWrite, triesLeft > 0 else { throw error }
                if !isKnown { logger.warning("waits: \(failure.message.printable)") }
                isKnown = true
                if shouldStop { triesLeft -= 1 }
                Thread.sleep(forTimeInterval: 0.5)
            }
        }
    }
}

/// Writes what a trainer does into the journal.
private final class BundleHost: TrainingHost {
    private let work: BundleWork
    private let control: BundleControl
    private let logger: Logger
    private let name: String
    private let epochs: Int
    /// Files that make room for newer ones, oldest first.
    private var passing: [String] = []

    init(work: BundleWork, control: BundleControl, logger: Logger, name: String, epochs: Int) {
        (self.work, self.control, self.logger, self.name, self.epochs) = (work, control, logger, name, epochs)
    }

    var shouldStop: Bool { control.shouldStop }

    func progressed(epoch: Int, fraction: Double, loss: Double, accuracy: Double) {}

    func completed(_ epoch: EpochFigures) throws {
        let row = EpochRow(
            epoch: epoch.epoch, loss: epoch.loss, trainAccuracy: epoch.trainAccuracy, testAccuracy: epoch.testAccuracy,
            seconds: epoch.seconds, validationAccuracy: epoch.validationAccuracy)
        try control.persistently(logger) { try work.append(JournalLine(epoch: row)) }
        logger.info("\("\(name)  epoch \(row.epoch)/\(epochs)  \(row.text)".printable)")
    }

    func checkpoint(epoch: Int, batch: Int, kept: Bool, _ contents: CheckpointContents) throws {
        let wanted = work.folder.appending(path: "e\(epoch)-b\(batch).safetensors")
        let written = try control.persistently(logger) { try CheckpointFile.write(contents, to: wanted) }
        try control.persistently(logger) {
            try work.append(
                JournalLine(
                    checkpoint: .init(
                        epoch: epoch, batch: batch, file: written.name, bytes: written.bytes, digest: written.sha256, kept: kept))
            )
        }
        if kept { return }
        passing.append(written.name)
        // The lab may be about to take the last ones.
        while passing.count > 3 { unlink(work.folder.appending(path: passing.removeFirst()).path) }
    }
}

extension EpochRow {
    /// Its figures, for a log.
    var text: String {
        // Who selects by validation images should not see the test split.
        let other = validationAccuracy.map { "validation \(Format.percent($0))" } ?? "test \(Format.percent(testAccuracy))"
        return "loss \(Format.loss(loss))  train \(Format.percent(trainAccuracy))  \(other)  \(Format.duration(seconds))/epoch"
    }
}

extension FinalFigures {
    /// The accuracy by which the run is judged.
    var text: String {
        validationAccuracy.map { "final validation \(Format.percent($0))" } ?? "final test \(Format.percent(testAccuracy))"
    }
}

extension RunState {
    /// What becomes of a trial at a rung.
    static func after(_ state: RunState?) -> String {
        switch state {
        case .waiting?: "waits for the other trials"
        case .pruned?: "not among the best, stopped"
        case .queued?: "goes on"
        case .paused?: "paused"
        case .cancelled?: "cancelled"
        case .running?, .completed?, .failed?, .diverged?, nil: "left to another attempt"
        }
    }
}
