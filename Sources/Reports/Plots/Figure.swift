import Lab
import Specs

/// A plot for an architecture on a data set: one of Figure 5, a quantity over the epochs, or accuracies against d.
public struct Figure: Sendable {
    /// linearnet-cifar10-loss.svg
    public let fileName: String
    /// LinearNet on CIFAR-10
    let subject: String
    let plot: LinePlot

    /// The drawing as XML.
    var markup: Markup { PlotDrawing(plot).markup }

    /// The contents of an SVG file.
    public var svg: String { "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n" + markup.source + "\n" }
}

/// The subject of a figure.
private struct Subject: Hashable {
    let architecture: Architecture
    let dataset: DatasetName
}

extension ReportInput {
    /// Figure 5: a plot of each quantity for each architecture and data set with at least one epoch. Then final accuracies against d,
    /// where completed runs have several.
    public func figures() throws -> [Figure] {
        var figures: [Figure] = []
        let subjects = Dictionary(grouping: runs) {
            Subject(architecture: $0.settings.architecture, dataset: $0.settings.dataset)
        }
        let datasets = DatasetName.inOrder(Set(subjects.keys.map(\.dataset)))
        for architecture in Architecture.all {
            for dataset in datasets {
                guard let runs = subjects[Subject(architecture: architecture, dataset: dataset)] else { continue }
                let table = ReportTable(runs)
                let curves = try Dictionary(runs.map { ($0.id, try epochs(of: $0)) }) { first, _ in first }
                if curves.values.allSatisfy(\.isEmpty) { continue }
                // Folders of own data may have the same last name.
                let isAmbiguous = datasets.count { $0.label == dataset.label } > 1
                let label = dataset.label + (isAmbiguous ? "-\(runs[0].datasetDigest.prefix(8))" : "")
                let subject = "\(architecture.displayName) on \(dataset.displayName)"
                for quantity in Quantity.all {
                    let plot = LinePlot(
                        title: "\(subject): \(quantity.title)", subtitle: table.commonText, xAxis: "epoch", yAxis: quantity.axis,
                        series: table.series(architecture, dataset, quantity, curves))
                    let name = "\(architecture.name)-\(label)-\(quantity.name).svg"
                    figures.append(Figure(fileName: name, subject: subject, plot: plot))
                }
                let name = "\(architecture.name)-\(label)-d.svg"
                if let figure = table.dimensionFigure(architecture, dataset, fileName: name, subject: subject) {
                    figures.append(figure)
                }
            }
        }
        return figures
    }
}

extension ReportTable {
    /// The subtitle of a plot of this table.
    var commonText: String {
        if rows.allSatisfy(\.deviations.isEmpty) { return "Settings as in the paper" }
        return common.isEmpty
            ? "In parentheses: settings that differ from the paper"
            : "All lines differ from the paper in: " + common.map(\.text).joined(separator: ", ")
    }

    fileprivate func series(
        _ architecture: Architecture, _ dataset: DatasetName, _ quantity: Quantity, _ curves: [String: [EpochRow]]
    ) -> [LinePlot.Series] {
        let shown: [(Row, Cell, Settings)] = rows.compactMap { row in
            guard let cell = row.cells[dataset], let settings = (cell.finished + cell.unfinished).first?.reportedSettings else {
                return nil
            }
            return (row, cell, settings)
        }
        return zip(shown, LineStyles.styles(shown.map(\.2))).map { line, style in
            let (row, cell, _) = line
            let own = row.ownTexts.joined(separator: ", ")
            let prefix = architecture.displayName + "-"
            let model = row.model.hasPrefix(prefix) ? String(row.model.dropFirst(prefix.count)) : row.model
            return LinePlot.Series(
                label: model + (own.isEmpty ? "" : " (\(own))") + cell.seedsText,
                style: style,
                lines: cell.lines(quantity, curves))
        }
    }
}

extension ReportTable.Cell {
    /// The runs of the line: ", mean of 3 seeds; not finished: seed 4, epoch 12/3500".
    fileprivate var seedsText: String {
        let one = finished.count == 1 && !unfinished.isEmpty ? ", 1 finished seed" : ""
        let mean = finished.count > 1 ? ", mean of \(finished.count) seeds" : one
        if unfinished.isEmpty { return mean }
        let named = unfinished.prefix(3).map { "seed \($0.settings.seed), \($0.progressText)" }.joined(separator: "; ")
        return mean + "; not finished: \(named)" + (unfinished.count > 3 ? " and \(unfinished.count - 3) more" : "")
    }

    /// Lines of the finished runs and their mean, then of the others, which are not averaged.
    fileprivate func lines(_ quantity: Quantity, _ curves: [String: [EpochRow]]) -> [LinePlot.Line] {
        let curve = { (run: RunSummary) in
            curves[run.id, default: []].map {
                // Only a database altered by hand has a larger epoch.
                Polyline.Point(x: Double(min($0.epoch, 1 << 40)), y: quantity.value($0))
            }
        }
        // Epochs of an extension are not part of what is finished.
        let seeds = finished.map { run in curve(run).filter { $0.x <= Double(run.completion?.epochs ?? .max) } }
        let weight: LinePlot.Line.Weight = finished.count + unfinished.count > 1 ? .seed : .only
        var lines = seeds.map {
            LinePlot.Line(polyline: Polyline($0), weight: finished.count > 1 ? .seed : .only, end: .finished)
        }
        if seeds.count > 1 { lines.append(.init(polyline: Polyline(mean(of: seeds)), weight: .mean, end: .finished)) }
        for run in unfinished {
            let end: LinePlot.Line.End = run.state == .failed || run.state == .diverged ? .broken : .unfinished
            lines.append(.init(polyline: Polyline(curve(run)), weight: finished.isEmpty ? .only : weight, end: end))
        }
        return lines
    }
}

/// The mean at the epochs that all of the curves have.
private func mean(of curves: [[Polyline.Point]]) -> [Polyline.Point] {
    var sums: [Double: (sum: Double, count: Int)] = [:]
    for point in curves.joined() {
        let (sum, count) = sums[point.x, default: (0, 0)]
        sums[point.x] = (sum + point.y, count + 1)
    }
    return sums.filter { $0.value.count == curves.count }.sorted { $0.key < $1.key }
        .map { .init(x: $0.key, y: $0.value.sum / Double(curves.count)) }
}
