import ArgumentParser
import Cluster
import Datasets
import Foundation
import Lab
import Operations
import Specs

/// The cluster that a command uses: the lab's `cluster.json`, changed by --engine and --set.
struct ClusterOption: ParsableArguments, ClusterChoice {
    @Option(help: "What starts jobs: \(ClusterField.engines.joined(separator: ", ")) (else that of cluster.json, else slurm).")
    var engine: String?

    @Option(
        name: .customLong("set"),
        help: ArgumentHelp("Another value for a setting of cluster.json; several times.", valueName: "key=value"))
    var changes: [String] = []

    func validate() throws { try validateChoice("--engine") }
}

/// The cluster to which `submit` gives its runs: an engine, with the lab's `cluster.json` changed by --set.
struct SubmitClusterOption: ParsableArguments, ClusterChoice {
    @Option(
        name: .customLong("on"),
        help: ArgumentHelp(
            "Have the runs trained by jobs of this engine, as `cluster submit` does: \(ClusterField.engines.joined(separator: ", ")).",
            valueName: "engine"))
    var engine: String?

    @Option(
        name: .customLong("set"),
        help: ArgumentHelp("With --on: another value for a setting of cluster.json; several times.", valueName: "key=value"))
    var changes: [String] = []

    func validate() throws {
        if engine == nil, !changes.isEmpty {
            throw ValidationError("--set is for --on; settings of runs are those of their spec")
        }
        try validateChoice("--on")
    }
}

/// What a command line says of the cluster that it uses.
protocol ClusterChoice {
    /// Nil for that of `cluster.json`.
    var engine: String? { get }
    /// Settings, as KEY=VALUE.
    var changes: [String] { get }
}

extension ClusterChoice {
    /// What the command line gives, as changes.
    private var all: [String] { (engine.map { ["engine=\($0)"] } ?? []) + changes }

    /// - Parameter option: the one that names the engine.
    func validateChoice(_ option: String) throws {
        if let engine, !ClusterField.engines.contains(engine) {
            let known = ClusterField.engines.joined(separator: ", ")
            throw ValidationError("\(option): \(engine.debugDescription) is no engine; give one of \(known)")
        }
        if changes.contains(where: { $0.hasPrefix("folder=") }) {
            throw ValidationError("folder: later passes have to find it, so it is set in cluster.json alone")
        }
        do {
            var settings = ClusterSettings()
            try settings.apply(all)
        } catch { throw ValidationError("\(error)") }
    }

    /// The settings in force. Throws `SpecDiagnostics` for a `cluster.json` that cannot be used.
    func settings(_ lab: Lab) throws -> ClusterSettings { try settings(ofLab: lab.folder) }

    /// The same of a lab's folder.
    func settings(ofLab folder: URL) throws -> ClusterSettings {
        var settings = try ClusterSettings.ofLab(folder)
        try settings.apply(all)
        return settings
    }

    /// - Parameter isSubmission: whether the changes are those of the submitted runs, which have them on record, and not of the others.
    func controller(_ lab: Lab, isSubmission: Bool = false, observer: @escaping ClusterObserver) throws -> ClusterController {
        var settings = isSubmission ? try ClusterSettings.ofLab(lab.folder) : try settings(lab)
        if isSubmission {
            try settings.apply(changes.filter { change in ClusterField.ofPass.contains { change.hasPrefix("\($0)=") } })
        }
        var estimate: TimeEstimate?
        let program = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? CommandLine.arguments[0]
        return ClusterController(
            lab, settings, node: .init(program: program, datasets: DatasetFolder.ofEnvironment.root.standardizedFileURL.path),
            estimate: { run in
                // Made where a run without an epoch waits. Nothing is measured: a pass should be short.
                let made = estimate ?? TimeEstimate(threads: settings.cpus, lab: lab.folder, patience: 0)
                estimate = made
                return (try? made.seconds(run).epoch) ?? 0
            }, observer: observer)
    }
}

/// Shows what a controller does, and writes it to the runs' logs.
struct ClusterReporter: Sendable {
    private let logs: RunLogs
    private let isQuiet: Bool
    private let lab: Lab

    init(_ lab: Lab, isQuiet: Bool = false) {
        logs = RunLogs(folder: lab.logs)
        self.lab = lab
        self.isQuiet = isQuiet
    }

    func callAsFunction(_ event: ClusterEvent) {
        switch event {
        case .submitted(let job, let engine, let jobs, let runs):
            show("\(engine) job \(job): \(Format.count(runs, "run")) in \(Format.count(jobs, "job"))")
        case .started(let run, let attempt, let place):
            say(run, "started on \(place.node ?? "?") by \(place.engine) job \(place.job ?? "?"), attempt \(attempt)", .blue)
        case .epochs(let run, let rows, let epochs):
            record(run, rows.map { "epoch \($0.epoch)/\(epochs)  \($0.text)" })
        case .notStarted(let run, let reason): say(run, "did not start: \(reason)", .yellow)
        case .ended(let run, let outcome, let state): ended(run, outcome, state)
        case .notice(let text): show(text, .yellow)
        case .trouble(let text): show("warning: \(text)", .yellow)
        }
    }

    private func ended(_ run: String, _ outcome: AttemptOutcome, _ state: RunState?) {
        switch outcome {
        case .completed where state == .queued: say(run, "back in the queue: more epochs are wanted", .yellow)
        case .completed(let final): say(run, "completed  \(final.text)", .green)
        case .diverged(let text): say(run, "diverged: \(text)", .red)
        case .failed(let text): say(run, "\(state == .failed ? "failed" : "failed, is tried again later"): \(text)", .red)
        case .waits(let reason): say(run, "back in the queue, waits for its data: \(reason)", .yellow)
        case .released(let reason): say(run, "back in the queue (\(reason)), goes on from its checkpoint", .yellow)
        case .reachedRung: say(run, "at a rung of its search, " + RunState.after(state), .yellow)
        case .stopped(let request): say(run, "stopped to \(request.rawValue), with a checkpoint", .yellow)
        }
    }

    private func say(_ run: String, _ text: String, _ colour: Colour) {
        record(run, [text])
        show("\(name(run))  \(text)", colour)
    }

    /// Unlike in the log of `work`, without the settings in which the runs of the queue differ: a pass does not read the whole queue.
    private func name(_ run: String) -> String {
        guard let settings = try? lab.settings(of: run) else { return String(run.prefix(8)) }
        return "\(run.prefix(8)) \(settings.model) \(settings.dataset.label) seed \(settings.seed)"
    }

    private func record(_ run: String, _ lines: [String]) {
        if let error = logs.append(lines, run: run) { show("warning: \(error)", .yellow) }
    }

    private func show(_ text: String, _ colour: Colour? = nil) {
        if isQuiet { return }
        Terminal.error.line(colour?.paint(text.printable, on: .error) ?? text.printable)
    }
}
