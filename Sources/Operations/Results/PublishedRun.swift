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
    /// Of training, over all epochs.
    let seconds: Double
    /// Without the machines that made them.
    let attempts: [AttemptAnswer]
    /// The file of its curve, relative to the folder.
    let curve: String
    /// From which it goes on elsewhere; left out unless it was published too.
    let checkpoint: PublishedCheckpoint?

    private enum CodingKeys: String, CodingKey {
        case id, model, experiments, settings, state, epoch, epochs, seconds, attempts, curve, checkpoint
        case datasetDigest = "dataset_digest"
        case finalTrainAccuracy = "final_train_accuracy"
        case finalTestAccuracy = "final_test_accuracy"
        case finalValidationAccuracy = "final_validation_accuracy"
        case weightsSHA256 = "weights_sha256"
    }

    init(
        _ run: RunSummary, curve: String, seconds: Double, attempts rows: [AttemptRow], checkpoint: PublishedCheckpoint?
    ) {
        (id, self.checkpoint) = (run.id, checkpoint)
        (model, experiments, settings, datasetDigest) = (run.model, run.experiments, run.settings, run.datasetDigest)
        (state, epoch, epochs) = (run.state.rawValue, run.epoch, run.epochs)
        (finalTrainAccuracy, finalTestAccuracy) = (run.final?.trainAccuracy, run.final?.testAccuracy)
        (finalValidationAccuracy, weightsSHA256) = (run.final?.validationAccuracy, run.final?.weightsSHA256)
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

    /// The run, for a lab to take in.
    func imported(_ curve: [EpochRow]) -> ImportedRun {
        ImportedRun(
            RunToSubmit(settings, datasetDigest: datasetDigest), experiments: experiments, epochs: curve, final: final,
            attempts: attempts.map(\.row))
    }
}

/// The curve of a published run: CSV with numbers of six significant digits, or with all digits.
enum PublishedCurve {
    private static let columns = ["epoch", "loss", "train_accuracy", "test_accuracy", "validation_accuracy", "seconds"]

    /// - Parameter isExact: whether numbers have all digits, as those of a run that goes on elsewhere.
    static func text(_ rows: [EpochRow], isExact: Bool) -> String {
        let number = { (value: Double?) in value.map { isExact ? "\($0)" : String(format: "%.6g", $0) } ?? "" }
        let lines = rows.map { row in
            [
                "\(row.epoch)", number(row.loss), number(row.trainAccuracy), number(row.testAccuracy),
                number(row.validationAccuracy), number(row.seconds),
            ]
        }
        return ([columns] + lines).map { $0.joined(separator: ",") + "\n" }.joined()
    }

    /// Reads what `text` wrote.
    /// - Throws: `Failure` that names the file and the line.
    static func rows(_ text: String, file: String) throws -> [EpochRow] {
        let lines = text.split(whereSeparator: \.isNewline)
        func fail(_ line: Int, _ reason: String) -> Failure {
            Failure("\(file.printable): line \(line): \(reason)", status: .badData)
        }
        guard lines.first.map({ $0.split(separator: ",", omittingEmptySubsequences: false).map(String.init) }) == columns else {
            throw fail(1, "expected the columns \(columns.joined(separator: ","))")
        }
        return try lines.dropFirst().enumerated().map { index, line in
            let cells = line.split(separator: ",", omittingEmptySubsequences: false).map(String.init), place = index + 2
            guard cells.count == columns.count else { throw fail(place, "expected \(columns.count) cells, found \(cells.count)") }
            func number(_ column: Int, _ range: ClosedRange<Double>) throws -> Double {
                guard let value = Double(cells[column]), range.contains(value) else {
                    throw fail(
                        place,
                        "\(columns[column]) is \(String(cells[column].prefix(40)).debugDescription); expected a number from "
                            + "\(range.lowerBound) to \(range.upperBound)")
                }
                return value
            }
            guard Int(cells[0]) == index + 1 else { throw fail(place, "expected epoch \(index + 1)") }
            let finite = -Double.greatestFiniteMagnitude...Double.greatestFiniteMagnitude
            return EpochRow(
                epoch: index + 1, loss: try number(1, finite), trainAccuracy: try number(2, 0...1),
                testAccuracy: try number(3, 0...1), seconds: try number(5, 0...Double.greatestFiniteMagnitude),
                validationAccuracy: cells[4].isEmpty ? nil : try number(4, 0...1))
        }
    }
}
