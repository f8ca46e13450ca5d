import Foundation
import Lab
import Specs

/// A run as a folder of results describes it: an object of `runs.json`. Its curve is a file beside it.
package struct PublishedRun: Codable {
    package let id: String
    let model: String
    let experiments: [String]
    let settings: Settings
    let datasetDigest: String
    package let state: String
    package let epoch: Int
    let epochs: Int
    let finalTrainAccuracy: Double?
    let finalTestAccuracy: Double?
    let finalValidationAccuracy: Double?
    let weightsSHA256: String?
    /// The program's reason why it diverged.
    let error: String?
    /// Other lengths at which it was completed; left out where there are none.
    let completions: [CompletedLength]?
    /// Of training, over all epochs.
    let seconds: Double
    /// Without the machines that made them.
    let attempts: [AttemptAnswer]
    /// The file of its curve, relative to the folder.
    let curve: String
    /// From which it goes on elsewhere; left out unless it was published too.
    let checkpoint: PublishedCheckpoint?

    private enum CodingKeys: String, CodingKey {
        case id, model, experiments, settings, state, error, epoch, epochs, completions, seconds, attempts, curve, checkpoint
        case datasetDigest = "dataset_digest"
        case finalTrainAccuracy = "final_train_accuracy"
        case finalTestAccuracy = "final_test_accuracy"
        case finalValidationAccuracy = "final_validation_accuracy"
        case weightsSHA256 = "weights_sha256"
    }

    init(
        _ run: RunSummary, experiments: [String], curve: String, seconds: Double, attempts rows: [AttemptRow],
        checkpoint: PublishedCheckpoint?
    ) {
        (id, self.checkpoint) = (run.id, checkpoint)
        (model, self.experiments, settings, datasetDigest) = (run.model, experiments, run.settings, run.datasetDigest)
        (state, epoch, epochs) = (run.state.rawValue, run.epoch, run.epochs)
        (finalTrainAccuracy, finalTestAccuracy) = (run.final?.trainAccuracy, run.final?.testAccuracy)
        (finalValidationAccuracy, weightsSHA256) = (run.final?.validationAccuracy, run.final?.weightsSHA256)
        // Other errors have words of that machine, such as a path.
        error = run.state == .diverged ? run.error : nil
        let others = run.completions.filter { run.final == nil || $0.epochs != run.epochs }
        completions = others.isEmpty ? nil : others.map(CompletedLength.init)
        (self.curve, self.seconds) = (curve, Double(String(format: "%.6g", seconds)) ?? seconds)
        attempts = rows.map { row in
            // What follows a colon are words of that machine, such as a path.
            AttemptAnswer(
                AttemptRow(
                    number: row.number, arithmetic: row.arithmetic, threads: row.threads, startedAt: row.startedAt,
                    endedAt: row.endedAt, outcome: row.outcome.map { String($0.prefix { $0 != ":" }) }))
        }
    }

    /// The final figures; nil for a run that was not completed.
    var final: FinalFigures? {
        guard let finalTrainAccuracy, let finalTestAccuracy, let weightsSHA256 else { return nil }
        return FinalFigures(
            trainAccuracy: finalTrainAccuracy, testAccuracy: finalTestAccuracy, weightsSHA256: weightsSHA256,
            validationAccuracy: finalValidationAccuracy)
    }

    /// How it ended without being completed; nil if it did not.
    private var end: ImportedRun.End? {
        switch RunState(rawValue: state) {
        case .failed: .failed("it failed in the lab that published it")
        case .diverged: .diverged(error ?? "it diverged in the lab that published it")
        case .cancelled: .cancelled
        case .queued, .running, .paused, .waiting, .pruned, .completed, nil: nil
        }
    }

    /// The run, for a lab to take in.
    func imported(_ curve: [EpochRow]) -> ImportedRun {
        var run = ImportedRun(
            RunToSubmit(settings, datasetDigest: datasetDigest), experiments: experiments, epochs: curve, final: final,
            attempts: attempts.map(\.row))
        run.end = end
        run.completions = (completions ?? []).map { $0.completion(loss: nil) }
        return run
    }

    /// What is wrong in it, where the file was changed by hand; nil if nothing is.
    var fault: String? {
        func accuracy(_ name: String, _ value: Double?) -> String? {
            guard let value, !(0...1 ~= value) else { return nil }
            return "\(name) is \(value); expected a number from 0 to 1"
        }
        func digest(_ value: String?) -> String? {
            guard let value, value.utf8.count != 64 || !value.utf8.allSatisfy({ "0123456789abcdef".utf8.contains($0) }) else {
                return nil
            }
            return "weights_sha256 is \(String(value.prefix(80)).debugDescription.printable); expected 64 hexadecimal digits"
        }
        // Reports make folders of these names.
        if let name = experiments.first(where: { !ExperimentName.isSuitable($0) }) {
            return "\(String(name.prefix(60)).debugDescription.printable) cannot be the name of an experiment"
        }
        if Set(experiments).count < experiments.count { return "experiments has a name twice" }
        guard let known = RunState(rawValue: state), (known == .completed) == (final != nil) else {
            return "state is \(String(state.prefix(60)).printable), and the final figures do not fit it"
        }
        let lengths = (completions ?? []).map(\.epochs)
        if Set(lengths).count < lengths.count || lengths.contains(where: { $0 < 1 }) {
            return "completions has epochs \(lengths.map(String.init).joined(separator: ", ")); expected different lengths from 1"
        }
        if let told = completions?.first(where: { $0.testAccuracy == nil }) {
            return "the completion at \(told.epochs.grouped) epochs has no test_accuracy"
        }
        if let attempt = attempts.map(\.row).first(where: { $0.threads < 1 }) {
            return "an attempt has \(attempt.threads) threads"
        }
        let accuracies =
            [
                ("final_train_accuracy", finalTrainAccuracy), ("final_test_accuracy", finalTestAccuracy),
                ("final_validation_accuracy", finalValidationAccuracy),
            ] + (completions ?? []).flatMap(\.accuracies)
        return accuracies.lazy.compactMap(accuracy).first
            ?? ([weightsSHA256] + (completions ?? []).map(\.weightsSHA256)).lazy.compactMap(digest).first
    }
}
