import Foundation
import Lab
import Specs

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

    /// Losses are means of float32 values.
    private static let losses = 0...1e40
    private static let seconds = 0...1e12

    /// Reads what `text` wrote.
    /// - Throws: `Failure` that names the file and the line.
    static func rows(_ text: String, file: String) throws -> [EpochRow] {
        let lines = text.trimmingPrefix("\u{FEFF}").split(whereSeparator: \.isNewline)
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
            return EpochRow(
                epoch: index + 1, loss: try number(1, losses), trainAccuracy: try number(2, 0...1),
                testAccuracy: try number(3, 0...1), seconds: try number(5, seconds),
                validationAccuracy: cells[4].isEmpty ? nil : try number(4, 0...1))
        }
    }
}
