import Foundation
import Lab
import Operations
import Specs

/// The table of `status`, and the lines below it.
struct StatusTable {
    /// What is shown, in order.
    let runs: [RunSummary]
    /// Of all selected runs, also those that are not shown.
    let counts: [RunState: Int]
    /// By id, why no worker trains a run although it is `running`.
    let abandoned: [String: String]
    /// The experiment by which the runs were selected, whose name they are shown with.
    let experiment: String?
    /// What the lab's files take; nil if it is not shown.
    var disk: DiskUse?
    /// Of the experiment, if it is a search: how many trials have got to each rung.
    var rungs: String?

    /// All of it, for an output without an end.
    func lines() -> [String] {
        if runs.isEmpty { return ["no runs"] }
        var lines = table(runs).lines(for: .output)
        if let rest = rest(after: runs, hint: "; --all lists them, --experiment and --state choose") { lines.append(rest) }
        return lines + ["", totals + (disk.map { "; checkpoints take \(Format.bytes($0.checkpoints))" } ?? "")]
            + (rungs.map { ["rungs: \($0)"] } ?? []) + common(runs)
            + notes(runs)
    }

    /// What fits a window: as many runs as possible, then a line for the others, the counts, and the notes for which there is room.
    func lines(rows: Int, columns: Int) -> [String] {
        if runs.isEmpty { return ["no runs"] }
        var shown = runs.prefix(max(1, rows - 2))
        if shown.count < total { shown = runs.prefix(max(1, rows - 3)) }
        var lines = table(Array(shown)).lines(for: .output, within: columns)
        if let rest = rest(after: Array(shown)) { lines.append(rest) }
        lines.append(totals)
        return lines + (common(Array(shown)) + notes(Array(shown))).prefix(max(0, rows - lines.count))
    }

    private var total: Int { counts.values.reduce(0, +) }

    private var totals: String { Self.listed(counts) }

    private static func listed(_ counts: [RunState: Int]) -> String {
        RunState.allCases.compactMap { state in counts[state].map { "\($0.grouped) \(state.rawValue)" } }.joined(separator: ", ")
    }

    /// … and 47 more: 44 queued, 3 completed. Nil if all runs are shown.
    private func rest(after shown: [RunSummary], hint: String = "") -> String? {
        let hidden = counts.merging(Dictionary(grouping: shown, by: \.state).mapValues { -$0.count }, uniquingKeysWith: +)
            .filter { $0.value > 0 }
        let more = hidden.values.reduce(0, +)
        return more == 0 ? nil : "… and \(more.grouped) more: \(Self.listed(hidden))\(hint)"
    }

    private func table(_ runs: [RunSummary]) -> TextTable {
        let varying = VaryingSettings(runs.lazy.map(\.settings))
        // In a narrow window, columns in which all runs are equal are the first to be left out.
        let rank = { (rank: Int, value: (RunSummary) -> String) in Set(runs.map(value)).count > 1 ? rank : rank + 10 }
        let name = { (run: RunSummary) in experiment ?? run.experiments.first ?? "" }
        var columns: [TextTable.Column] = [
            .left("run"), .left("experiment", rank: rank(9, name)), .left("model", rank: rank(2, \.model)),
            .left("dataset", rank: rank(4) { $0.settings.dataset.label }),
            .right("seed", rank: rank(2) { "\($0.settings.seed)" }),
        ]
        columns += varying.titles.map { TextTable.Column.right($0, rank: 3) }
        // Who selects by validation images should not see the test split.
        let isTested = !runs.allSatisfy(\.isTrial), isValidated = runs.contains { $0.latest?.validationAccuracy != nil }
        columns += [
            .left("state"), .right("epoch", rank: 1), .right("loss", rank: 7), .right("train", rank: 8),
        ]
        if isValidated { columns.append(.right("validation", rank: 5)) }
        if isTested { columns.append(.right("test", rank: 5)) }
        columns += [.right("per epoch", rank: 8), .right("left", rank: 6)]
        let isRemote = runs.contains { $0.remote != nil }
        if isRemote { columns.append(.left("where", rank: 5)) }
        var table = TextTable(columns)
        for run in runs {
            var cells: [TextTable.Cell] = [
                .init(String(run.id.prefix(8))), .init(name(run)), .init(run.model), .init(run.settings.dataset.label),
                .init("\(run.settings.seed)"),
            ]
            cells += varying.values(run.settings).map { TextTable.Cell($0 ?? "") }
            cells += [
                .init(run.state.rawValue, run.state.colour), .init("\(run.epoch)/\(run.epochs)"),
                .init(Format.loss(run.latest?.loss)), .init(Format.percent(run.latest?.trainAccuracy)),
            ]
            if isValidated { cells.append(.init(Format.percent(run.latest?.validationAccuracy))) }
            if isTested { cells.append(.init(run.isTrial ? "" : Format.percent(run.latest?.testAccuracy))) }
            cells += [
                .init(Format.duration(run.secondsPerEpoch)), .init(run.secondsLeft.map { Format.duration($0) } ?? ""),
            ]
            if isRemote { cells.append(.init(run.remote?.brief.shortened(toColumns: Self.placeColumns) ?? "")) }
            table.add(cells)
        }
        return table
    }

    /// An engine's reason may name all of its nodes; `status RUN` shows it in full.
    private static let placeColumns = 48

    /// What all runs share, said once.
    private func common(_ runs: [RunSummary]) -> [String] {
        [VaryingSettings(runs.lazy.map(\.settings)).sentence(of: runs.count)].compactMap(\.self)
    }

    private func notes(_ runs: [RunSummary]) -> [String] {
        var lines: [String] = []
        lines += RunErrors(runs).lines
        for run in runs {
            guard let reason = abandoned[run.id] else { continue }
            lines.append(Colour.yellow.paint("\(run.id.prefix(8)): \(RunDetails.abandonment(reason))", on: .output))
        }
        for run in runs where !run.mixedArithmetics.isEmpty { lines.append("\(run.id.prefix(8)): \(RunDetails.mixture(run))") }
        return lines
    }
}

extension VaryingSettings {
    /// What the runs of a listing share, said once; nil for a single run, and where it is only the paper's settings.
    func sentence(of runs: Int) -> String? {
        runs < 2 || common.isEmpty ? nil : "all of them: \(common.joined(separator: ", "))"
    }
}
