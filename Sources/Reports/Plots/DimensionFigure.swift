import Lab
import Specs

extension ReportTable {
    /// Final accuracies against d, beside the paper's (§5.1): nil unless runs of two values of d are completed that differ in nothing
    /// else but the seed.
    ///
    /// A model without d, such as a dense network, is a level line if it was trained in the same way.
    func dimensionFigure(_ architecture: Architecture, _ dataset: DatasetName, fileName: String, subject: String) -> Figure? {
        let members = rows.compactMap { row in
            row.cells[dataset].flatMap { Member(row, $0, architecture) }
        }
        var sweeps: [Sweep] = [], indices: [Way: Int] = [:]
        for member in members where member.d != nil {
            if let index = indices[member.way] {
                sweeps[index].members.append(member)
            } else {
                indices[member.way] = sweeps.count
                sweeps.append(Sweep(way: member.way, members: [member]))
            }
        }
        sweeps.removeAll { Set($0.members.map(\.d)).count < 2 }
        if sweeps.isEmpty { return nil }
        let trainings = Set(sweeps.map(\.way.training))
        let levels = members.filter { $0.d == nil && trainings.contains($0.way.training) }.map {
            Sweep(way: $0.way, members: [$0])
        }
        let scale = Scale.marked(sweeps.flatMap(\.members).compactMap { $0.d.map(Double.init) })
        let common = Set(common)
        let lines = sweeps + levels
        // Where a linear part was trained in several ways, colours tell all lines apart in place of linear parts: none is as dark as a
        // dense network's own. Train accuracies are dashed.
        let isScale = Set(lines.map(\.way.linear)).count < lines.count
        let series = lines.enumerated().flatMap { index, line in
            let place = 0.3 + 0.7 * Double(index) / Double(max(1, lines.count - 1))
            let style = { (dashes: Int) in
                isScale
                    ? LineStyle(place: place, variant: dashes) : LineStyle(linear: line.way.linear, d: 16, variant: dashes)
            }
            return index < sweeps.count ? line.series(style, common) : [line.level(style, common, over: scale)]
        }
        let plot = LinePlot(
            title: "\(subject): accuracy against d", subtitle: commonText, xAxis: "d, logarithmic", yAxis: "accuracy (%)",
            series: series, xScale: scale, note: "A dot: the final weights of a completed run.")
        return Figure(fileName: fileName, subject: subject, plot: plot)
    }
}

/// What runs have in common that differ in d and in the seed alone.
private struct Way: Hashable {
    /// What does not depend on the linear part.
    struct Training: Hashable {
        let deviations: [Deviation]
        /// The data, if runs of the report had other data under the same name.
        let data: String?
    }

    let family: String
    let linear: Linear
    let training: Training

    /// PCN, test (λ 4.9)
    func label(_ quantity: String, common: Set<Deviation>) -> String {
        let own = training.deviations.filter { !common.contains($0) }.map(\.text) + [training.data].compactMap(\.self)
        return "\(family), \(quantity)" + (own.isEmpty ? "" : " (\(own.joined(separator: ", ")))")
    }
}

/// The completed runs of one model.
private struct Member {
    let way: Way
    let d: Int?
    let cell: ReportTable.Cell

    init?(_ row: ReportTable.Row, _ cell: ReportTable.Cell, _ architecture: Architecture) {
        guard let settings = cell.finished.first?.reportedSettings, settings.architecture == architecture, cell.test != nil else {
            return nil
        }
        way = Way(
            family: settings.modelFamily, linear: settings.linear,
            training: .init(deviations: row.deviations, data: row.hasDataName ? row.ownTexts.last : nil))
        d = settings.d
        self.cell = cell
    }
}

private struct Sweep {
    let way: Way
    var members: [Member]

    /// Test and train accuracies, then the paper's.
    func series(_ style: (_ dashes: Int) -> LineStyle, _ common: Set<Deviation>) -> [LinePlot.Series] {
        let members = members.sorted { ($0.d ?? 0) < ($1.d ?? 0) }
        let ours = [
            ("test", 0, \ReportTable.Cell.test, { (figures: FinalFigures) in figures.testAccuracy }),
            ("train", 1, \.train, { $0.trainAccuracy }),
        ]
        .map { quantity, dashes, mean, single in
            let means = members.compactMap { member in
                member.cell[keyPath: mean].map { Polyline.Point(x: Double(member.d ?? 0), y: $0.mean * 100) }
            }
            let dots = members.flatMap { member in
                member.cell.finished.compactMap { $0.completion.flatMap { single($0.figures) } }
                    .map { Polyline.Point(x: Double(member.d ?? 0), y: $0 * 100) }
            }
            return LinePlot.Series(
                label: way.label(quantity, common: common),
                style: style(dashes),
                lines: [
                    .init(polyline: Polyline(means), weight: .only, end: .finished),
                    .init(polyline: Polyline(dots: dots), weight: .only, end: .finished),
                ])
        }
        let paper = [("test", \Paper.Row.testAccuracy), ("train", \.trainAccuracy)].enumerated().compactMap { dashes, line in
            let points = members.compactMap { member in
                member.cell.paper.map { Polyline.Point(x: Double(member.d ?? 0), y: $0[keyPath: line.1]) }
            }
            return points.isEmpty
                ? nil
                : LinePlot.Series(
                    label: "the paper's \(way.family), \(line.0)", style: .paper(variant: dashes),
                    lines: [
                        .init(polyline: Polyline(points), weight: .only, end: .finished),
                        .init(polyline: Polyline(dots: points), weight: .only, end: .finished),
                    ])
        }
        return ours + paper
    }

    /// The test accuracy of a model without d, from one end of the axis to the other.
    func level(_ style: (_ dashes: Int) -> LineStyle, _ common: Set<Deviation>, over scale: Scale) -> LinePlot.Series {
        let mean = members.compactMap { $0.cell.test?.mean }.first ?? .nan
        let ends = [scale.domain.lowerBound, scale.domain.upperBound].map { Polyline.Point(x: $0, y: mean * 100) }
        return LinePlot.Series(
            label: way.label("test", common: common), style: style(0),
            lines: [.init(polyline: Polyline(ends), weight: .only, end: .finished)])
    }
}

extension Scale {
    /// A logarithmic scale of positive values with ticks at the values themselves, as far as there is room for them.
    fileprivate static func marked(_ values: [Double]) -> Scale {
        let values = Set(values).sorted(), low = values.first ?? 1, high = values.last ?? 1
        let scale = Scale(domain: low / 1.1...high * 1.1, ticks: [], isLogarithmic: true)
        var ticks: [Tick] = []
        for value in values where ticks.last.map({ scale.position(value) - scale.position($0.value) >= 0.06 }) ?? true {
            ticks.append(Tick(value: value, label: "\(Int(value))"))
        }
        return Scale(domain: scale.domain, ticks: ticks, isLogarithmic: true)
    }
}
