import Lab
import Operations
import Reports
import Specs

/// All that is known of one run, for `status RUN`.
struct RunDetails {
    private let run: RunSummary
    private let abandoned: String?
    private let facts: RunFacts

    /// - Parameter abandoned: why no worker trains the run although it is `running`; nil if a worker does.
    init(_ lab: any LabAccess, _ run: RunSummary, abandoned: String?) throws {
        (self.run, self.abandoned) = (run, abandoned)
        facts = try lab.facts(of: run)
    }

    private var curve: [EpochRow] { facts.curve }

    var text: String {
        var lines = [Colour.bold.paint("\(run.id)  \(run.model)  \(run.settings.dataset.displayName)", on: .output)]
        field("state", run.state.rawValue + (run.request.map { " (asked to \($0.rawValue))" } ?? ""), &lines, run.state.colour)
        if let abandoned { field("worker", Self.abandonment(abandoned), &lines) }
        if let remote = run.remote { field("cluster", remote.text, &lines) }
        if let error = run.error { field(run.waitsForData ? "waiting" : "error", error, &lines) }
        field("experiments", run.experiments.joined(separator: ", "), &lines)
        if !run.tags.isEmpty { field("tags", run.tags.joined(separator: ", "), &lines) }
        field("settings", run.settings.canonicalJSON, &lines)
        let trainable = run.settings.linearParameters.grouped, paper = run.settings.paperLinearParameters.grouped
        field("linear parameters", trainable + (trainable == paper ? "" : ", trainable (the paper counts \(paper))"), &lines)
        let convolutions = run.settings.convolutionParameters
        if convolutions > 0 { field("convolutions", convolutions.grouped + " parameters", &lines) }
        if let shape = run.settings.compressedShape ?? facts.compressedShape(run.settings) {
            let counts = run.settings.parameters(compressedTo: shape)
            field(
                "compressed", "\(counts.trained.grouped) trained parameters, \(counts.stored.grouped) stored with the components",
                &lines)
        }
        field("data set", run.datasetDigest, &lines)
        field("epoch", "\(run.epoch) of \(run.epochs)", &lines)
        if let note = run.note { field("note", note, &lines) }
        if run.priority != 0 { field("priority", "\(run.priority)", &lines) }
        if facts.wishes.count > 1 || facts.wishes.contains(where: { $0.epochs != run.epochs }) {
            field(
                "wishes", facts.wishes.map { "\($0.experiment): \(Format.count($0.epochs, "epoch"))" }.joined(separator: ", "),
                &lines)
        }
        for completion in run.completions where run.state != .completed || completion.epochs != run.epochs {
            field("completed", "at \(completion.epochs) epochs: \(accuracies(completion.figures))", &lines)
        }
        if let latest = run.latest {
            field("loss", Format.loss(latest.loss), &lines)
            field(
                "accuracy", accuracies(latest.trainAccuracy, latest.validationAccuracy, latest.testAccuracy), &lines)
        }
        if let final = run.final { field("final weights", accuracies(final), &lines) }
        drawCurves(&lines)
        for spectrum in facts.spectra {
            for (index, line) in spectrum.lines(columns: max(8, min(60, Terminal.output.columns - 32))).enumerated() {
                field(index == 0 ? "spectrum" : "", line, &lines)
            }
        }
        if let perEpoch = run.secondsPerEpoch { field("time", timing(perEpoch), &lines) }
        for attempt in facts.attempts {
            let end = attempt.endedAt.map { "ended \(Format.time($0)), \(attempt.outcome ?? "")" } ?? "under way"
            let start = [
                Format.time(attempt.startedAt), attempt.remote?.text, attempt.arithmetic, Format.count(attempt.threads, "thread"),
            ]
            field("attempt \(attempt.number)", start.compactMap(\.self).joined(separator: ", ") + "; \(end)", &lines)
        }
        if !run.mixedArithmetics.isEmpty {
            field("warning", Self.mixture(run), &lines)
        }
        if !facts.checkpoints.isEmpty {
            field("disk", Format.bytes(facts.checkpoints.reduce(0) { $0 + Int64($1.bytes) }), &lines)
        }
        for checkpoint in facts.checkpoints {
            let batch = checkpoint.batch == 0 ? "" : ", batch \(checkpoint.batch)"
            field("checkpoint", "after epoch \(checkpoint.epoch)\(batch): \(checkpoint.file)", &lines)
        }
        for event in facts.events.suffix(20) {
            field("event", "\(Format.time(event.at))  \(event.kind)  \(event.detail ?? "")", &lines)
        }
        return lines.joined(separator: "\n") + "\n"
    }

    private func accuracies(_ figures: FinalFigures) -> String {
        accuracies(figures.trainAccuracy, figures.validationAccuracy, figures.testAccuracy)
            + ", SHA-256 \(figures.weightsSHA256)"
    }

    /// Those that the run has: a trial of a search shows no test accuracy.
    private func accuracies(_ train: Double, _ validation: Double?, _ test: Double?) -> String {
        [("train", train), ("validation", validation), ("test", test)].compactMap { name, accuracy in
            accuracy.map { "\(name) \(Format.percent($0))" }
        }.joined(separator: ", ")
    }

    static func mixture(_ run: RunSummary) -> String {
        "trained with several kinds of arithmetic (\(run.mixedArithmetics.joined(separator: "; ").printable)); its bits are its own"
    }

    static func abandonment(_ reason: String) -> String { "no worker trains it (\(reason)); `pcnlab work` continues it" }

    /// The curves over the epochs, each labelled with its highest and its lowest value.
    private func drawCurves(_ lines: inout [String]) {
        guard let first = curve.first?.epoch, let last = curve.last?.epoch else { return }
        let curves: [(name: String, values: [Double], text: (Double) -> String)] = [
            ("loss", curve.map(\.loss), { Format.loss($0) }),
            ("train accuracy", curve.map(\.trainAccuracy), { Format.percent($0) }),
            ("validation", curve.compactMap(\.validationAccuracy), { Format.percent($0) }),
            ("test accuracy", curve.compactMap(\.testAccuracy), { Format.percent($0) }),
        ].filter { !$0.1.isEmpty }
        for (index, curve) in curves.enumerated() {
            let columns = max(8, min(60, Terminal.output.columns - 32))
            guard let chart = TerminalChart(curve.values, columns: columns, lines: 3) else { continue }
            let labels = [curve.text(chart.range.upperBound), "", curve.text(chart.range.lowerBound)]
            let names = [curve.name, index == 0 ? "  epochs \(first)–\(last)" : "", ""]
            for row in chart.lines.indices {
                let padding = String(repeating: " ", count: max(0, 8 - labels[row].count))
                field(names[row], padding + labels[row] + " " + chart.lines[row], &lines)
            }
        }
    }

    private func timing(_ perEpoch: Double) -> String {
        let left = run.secondsLeft.map { ", \(Format.duration($0)) left" } ?? ""
        return "\(Format.duration(perEpoch)) an epoch, \(Format.duration(curve.reduce(0) { $0 + $1.seconds })) so far\(left)"
    }

    private func field(_ name: String, _ value: String, _ lines: inout [String], _ colour: Colour? = nil) {
        let text = colour?.paint(value.printable, on: .output) ?? value.printable
        lines.append("  " + name + String(repeating: " ", count: max(1, 20 - name.count)) + text)
    }
}
