import Foundation
import Specs

extension ConfusionMatrix {
    /// The names of the formats, of those that a report has.
    public static let formats = ["markdown", "csv", "json"]
    /// Above so many classes, text lists the classes and what they are most often taken for.
    static let wholeLimit = 20

    /// The matrix in one of ``formats``.
    public func render(_ format: String) throws -> String {
        switch format {
        case "csv": csv
        case "json": try JSONOutput.text(Document(self)) + "\n"
        default: markdown
        }
    }

    /// A line for each actual class, a column for each predicted one.
    var csv: String {
        ([["class"] + classNames] + counts.indices.map { [classNames[$0]] + counts[$0].map(String.init) }).map { CSV.line($0) }
            .joined()
    }

    private struct Document: Encodable {
        let title: String
        let classes: [String]
        let counts: [[Int]]
        let total: Int
        let correct: Int
        let accuracy: Double?
        let recall: [Double?]
        let precision: [Double?]

        init(_ matrix: ConfusionMatrix) {
            (title, classes, counts) = (matrix.title, matrix.classNames, matrix.counts)
            (total, correct) = (matrix.total, matrix.correct)
            accuracy = matrix.total == 0 ? nil : Double(matrix.correct) / Double(matrix.total)
            recall = matrix.counts.indices.map(matrix.recall)
            precision = matrix.counts.indices.map(matrix.precision)
        }
    }

    private var markdown: String {
        let share = String(format: "%.1f", 100 * Double(correct) / Double(max(1, total)))
        let heading = "**\(cell(title)): \(correct.grouped) of \(total.grouped) test \(samples) are right, \(share) %.**\n\n"
        if classNames.count <= Self.wholeLimit {
            let titles = ["actual \\ predicted"] + classNames.map(cell) + ["recall %"]
            let rows = counts.indices.map { label in
                [cell(classNames[label])] + counts[label].map(\.grouped) + [percent(recall(label))]
            }
            let last = ["precision %"] + counts.indices.map { percent(precision($0)) } + [""]
            return heading + table([titles] + rows + [last])
        }
        let worst = counts.indices.sorted { (recall($0) ?? 2, $0) < (recall($1) ?? 2, $1) }
        let rows = worst.map { label in
            let others = counts.indices.filter { $0 != label && counts[label][$0] > 0 }
                .sorted { (counts[label][$1], $0) < (counts[label][$0], $1) }.prefix(3)
            let taken = others.map { "\(cell(classNames[$0])) \(counts[label][$0])" }.joined(separator: ", ")
            return [cell(classNames[label]), percent(recall(label)), percent(precision(label)), taken]
        }
        return heading + table([["class", "recall %", "precision %", "most often taken for"]] + rows)
    }

    private func percent(_ share: Double?) -> String { share.map { String(format: "%.1f", 100 * $0) } ?? "–" }

    private func cell(_ text: String) -> String { MarkdownText.escaped(text.onOneLine) }

    /// Columns are padded; the first is aligned to the left, and so are texts.
    private func table(_ rows: [[String]]) -> String {
        let widths = rows[0].indices.map { column in max(3, rows.map { $0[column].count }.max() ?? 3) }
        let isText = rows[0].indices.map { $0 == 0 || $0 == rows[0].count - 1 && rows[0][$0].hasPrefix("most") }
        let line = { (cells: [String]) in
            "| "
                + cells.indices.map { column in
                    let padding = String(repeating: " ", count: widths[column] - cells[column].count)
                    return isText[column] ? cells[column] + padding : padding + cells[column]
                }.joined(separator: " | ") + " |\n"
        }
        let rule =
            "| "
            + widths.indices.map { String(repeating: "-", count: widths[$0] - 1) + (isText[$0] ? "-" : ":") }
            .joined(separator: " | ") + " |\n"
        return line(rows[0]) + rule + rows.dropFirst().map(line).joined()
    }
}
