import Foundation

/// Renders a landscape for a terminal: a table, then a histogram of each ensemble over a common axis.
struct LandscapeText {
    let landscape: Landscape

    /// Number of text lines of a histogram, with eight steps each.
    private static let lines = 3
    private static let blocks = Array(" ▁▂▃▄▅▆▇█")

    var text: String {
        let head = [
            "\(landscape.subject): the loss over random weights (§6.5, Figure 4)", landscape.setting, "",
        ]
        return (head + table + [""] + histograms + [""] + notes).joined(separator: "\n") + "\n"
    }

    private var table: [String] {
        let header = ["weights", "samples", "mean loss", "sd", "min", "median", "max", "L̄_W − L̄", "expected"]
        let dense = landscape.ensembles[0]
        let rows = landscape.ensembles.map { ensemble in
            let number = { (value: Double?) in value.map(Self.number) ?? "–" }
            let isDense = ensemble.settings.linear.isDense
            let advantage = isDense ? nil : ensemble.advantage(over: dense)
            return [
                ensemble.label, "\(ensemble.finite.count)", number(ensemble.statistics?.mean),
                number(ensemble.statistics?.deviation), number(ensemble.quantile(0)), number(ensemble.quantile(0.5)),
                number(ensemble.quantile(1)),
                advantage.map { "\(Self.number($0.value)) ± \(Self.number($0.error))" } ?? "",
                isDense ? "" : ensemble.conjecture(over: dense) ?? "–",
            ]
        }
        let cells = [header] + rows
        let widths = header.indices.map { column in cells.map { $0[column].count }.max() ?? 0 }
        return cells.map { row in
            var line = ""
            for (column, cell) in row.enumerated() {
                let padding = String(repeating: " ", count: widths[column] - cell.count)
                line += (column == 0 ? cell + padding : padding + cell) + "  "
            }
            return line.trimmingTrailingSpaces
        }
    }

    private var histograms: [String] {
        let width = landscape.ensembles.map(\.label.count).max() ?? 0
        var lines: [String] = []
        for ensemble in landscape.ensembles {
            let counts = landscape.counts(ensemble)
            let most = max(1, counts.max() ?? 1)
            // A bin with any sample is visible.
            let heights = counts.map { $0 == 0 ? 0 : max(1, ($0 * 8 * Self.lines + most / 2) / most) }
            for line in (0..<Self.lines).reversed() {
                let bars = String(heights.map { Self.blocks[max(0, min(8, $0 - 8 * line))] })
                let label = line == 0 ? ensemble.label : ""
                lines.append((label + String(repeating: " ", count: width - label.count + 2) + bars).trimmingTrailingSpaces)
            }
        }
        return lines + axis.map { String(repeating: " ", count: width + 2) + $0 }
    }

    /// A line with ticks and a line with their labels.
    private var axis: [String] {
        let scale = landscape.scale
        var line = [Character](repeating: "─", count: Landscape.bins + 1)
        var labels = [Character](repeating: " ", count: Landscape.bins + 12)
        for tick in scale.ticks {
            let column = Int((scale.position(tick.value) * Double(Landscape.bins)).rounded())
            line[column] = "┴"
            let start = max(0, column - tick.label.count / 2)
            // Omit a label that would touch the previous one.
            guard start == 0 || labels[start - 1] == " ", labels[start..<start + tick.label.count].allSatisfy({ $0 == " " })
            else {
                continue
            }
            labels.replaceSubrange(start..<start + tick.label.count, with: Array(tick.label))
        }
        return [String(line), String(labels).trimmingTrailingSpaces + (scale.isLogarithmic ? "  (logarithmic)" : "")]
    }

    private var notes: [String] {
        var notes = [
            "L̄_W − L̄: the mean loss of W less that of these weights, ± standard error; by §6.5 weights of a lower mean loss",
            "should do better than W, of a higher one worse, and within two standard errors comparably.",
        ]
        if landscape.ensembles.contains(where: \.isShuffled) {
            notes += [
                "Shuffled: the same weights in other places of each layer; they differ from the unshuffled in structure alone,",
                "and from W in the distribution of a single weight.",
            ]
        }
        for ensemble in landscape.ensembles where ensemble.finite.count < ensemble.samples.count {
            notes.append(
                "\(ensemble.label): \(ensemble.samples.count - ensemble.finite.count) losses are not finite and in no figure.")
        }
        return notes
    }

    /// Four decimals, fewer for large numbers.
    private static func number(_ value: Double) -> String {
        String(format: abs(value) >= 1e6 ? "%.4g" : abs(value) >= 100 ? "%.1f" : "%.4f", value)
            .replacingOccurrences(of: "-", with: "−")
    }
}

extension String {
    fileprivate var trimmingTrailingSpaces: String {
        var text = self
        while text.last == " " { text.removeLast() }
        return text
    }
}
