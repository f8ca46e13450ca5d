import ArgumentParser
import Cluster
import Foundation
import Lab
import Operations
import Specs

struct ClusterCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "cluster", abstract: "Have runs trained by a cluster: Slurm, or processes of this machine.",
        discussion: """
            `submit` gives runs to the engine and starts their jobs; `sync` takes what the jobs did into the lab, and starts the next ones. \
            Between two passes of `sync` nothing of pcnlab needs to run here: call it from cron, or leave `sync --watch` running.

            Settings are in the lab's cluster.json, and --set changes them:

            \(ClusterField.all.map { "  \($0.key): \($0.summary) [\($0.defaultText)]" }.joined(separator: "\n"))
            """,
        subcommands: [ClusterSubmit.self, ClusterSync.self, ClusterStatus.self, ClusterCancel.self])
}

struct ClusterSubmit: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "submit", abstract: "Give queued runs to the engine, and start their jobs.",
        discussion: """
            Without a selection: all queued runs that workers of this machine would take. From then on only jobs train them; \
            `pcnlab cluster cancel` gives them back.
            """)

    @OptionGroup var lab: LabOption
    @OptionGroup var selection: RunSelection
    @OptionGroup var cluster: ClusterOption

    @Flag(help: "Print JSON.")
    var json = false

    func run() throws {
        try reporting {
            let lab = try lab.open()
            var selector = selection.selector
            if selection.isEmpty { selector.state = [.queued] }
            let runs =
                selection.isEmpty
                ? try lab.listing(selector, limit: nil).readable().filter { $0.remote == nil } : try selection.some(lab)
            let refused =
                selection.runs.isEmpty ? nil : runs.first { $0.state != .queued && $0.state != .paused && $0.remote == nil }
            if let refused { throw LabError.refused(run: refused.id, state: refused.state, event: "submit") }
            try cluster.submit(runs.map(\.id), in: lab, json: json)
        }
    }
}

extension ClusterChoice {
    /// Gives runs to the engine and starts jobs. Returns the runs that are the engine's now, and what a pass of the controller left.
    func assign(_ ids: [String], in lab: Lab) throws -> (runs: [String], summary: ClusterSummary) {
        let assigned = try lab.assign(ids, to: try settings(lab).engine, changes: changes)
        let reporter = ClusterReporter(lab)
        return (assigned, try controller(lab, isSubmission: true) { reporter($0) }.sync(isImpatient: true))
    }

    /// What a person does next.
    func hint(_ lab: Lab) throws -> String {
        let settings = try settings(lab)
        if settings.engine != "manual" { return "`pcnlab cluster sync --watch` follows them" }
        let bundles = ClusterController.folder(lab, settings).appending(path: "runs").path
        return "`pcnlab train \(bundles.printable)/*` trains them, `pcnlab cluster sync` takes in what it did"
    }

    /// Gives runs to the engine, starts their jobs, and prints where each run is.
    func submit(_ ids: [String], in lab: Lab, json: Bool) throws {
        let (assigned, summary) = try assign(ids, in: lab)
        let runs = assigned.isEmpty ? [] : try lab.listing(RunFilter(ids: assigned)).runs
        if json {
            Terminal.output.line(try JSONOutput.text(runs.map { RunStatus($0, experiment: nil, abandoned: nil) }))
        } else {
            let lines = RunLines(runs)
            for run in runs { Terminal.output.line(lines.line(run, run.remote?.text ?? run.state.rawValue)) }
            if runs.isEmpty {
                Terminal.error.line("no runs are queued for workers of this machine")
            } else {
                Terminal.error.line(try hint(lab))
            }
        }
        // The reporter has said why.
        if summary.trouble != nil { throw Exit.unavailable }
    }
}

struct ClusterSync: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sync", abstract: "Take what jobs did into the lab, and start the jobs that are due.",
        discussion: """
            One pass, which can be repeated at any time and interrupted at any point. With --watch: passes until Ctrl-C; with --drain until \
            no run of the lab is the engine's any more. An engine that does not answer is asked again later, less and less often.
            """)

    @OptionGroup var lab: LabOption
    @OptionGroup var cluster: ClusterOption

    @Flag(help: "Go on, a pass each poll_seconds.")
    var watch = false

    @Flag(help: "Go on until every run is completed or has ended otherwise.")
    var drain = false

    func run() throws {
        try reporting {
            let lab = try lab.open()
            let reporter = ClusterReporter(lab), settings = try cluster.settings(lab)
            let controller = try cluster.controller(lab) { reporter($0) }
            guard watch || drain else {
                let summary = try controller.sync()
                Terminal.output.line(text(summary))
                // The reporter has said why.
                if summary.trouble != nil { throw Exit.unavailable }
                return
            }
            let isStopped = DispatchSemaphore(value: 0)
            StopSignals.listen { isStopped.signal() }
            var misses = 0, last = ""
            while StopSignals.received == nil {
                do {
                    let summary = try controller.sync()
                    if text(summary) != last { Terminal.output.line(text(summary)) }
                    last = text(summary)
                    if drain, summary.isDone { break }
                    misses = summary.trouble == nil || summary.hasNews ? 0 : misses + 1
                } catch {
                    // A file server that is away, or a busy database, is there again later.
                    let failure = Failure(error)
                    guard [.tryAgain, .cannotWrite, .unavailable].contains(failure.status) else { throw failure }
                    Terminal.error.line("warning: \(failure.message)".printable)
                    misses += 1
                }
                if Terminal.output.failure != nil { break }
                let poll = Double(settings.pollSeconds), pause = max(poll, min(600, poll * Double(1 << min(misses, 5))))
                _ = isStopped.wait(timeout: .now() + pause)
            }
            if let signal = StopSignals.received { throw ExitCode(128 + signal) }
            if drain, try lab.remoteCounts().failed > 0 { throw Exit.someRunFailed }
        }
    }

    private func text(_ summary: ClusterSummary) -> String {
        "\(summary.running.grouped) running, \(summary.waiting.grouped) waiting, \(Format.count(summary.jobs, "job"))"
    }
}

struct ClusterStatus: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status", abstract: "Show the runs that are the engine's, their jobs and nodes.",
        discussion: "As the last `pcnlab cluster sync` saw them.")

    @OptionGroup var lab: LabOption
    @OptionGroup var cluster: ClusterOption

    @Flag(help: "Print JSON.")
    var json = false

    private struct Answer: Encodable {
        let engine: String
        let jobs: Int
        let runs: [RunStatus]
        let nodes: [Node]
    }

    private struct Node: Encodable {
        let name: String
        let arithmetic: String
        let isExcluded: Bool
    }

    func run() throws {
        try reporting {
            let lab = try lab.open(), engine = try cluster.settings(lab).engine
            let runs = try [RunState.running, .queued].flatMap { try lab.listing(RunFilter(state: $0)).runs }.filter {
                $0.remote != nil
            }
            let nodes = try lab.nodes(engine), jobs = try lab.remoteCounts().jobs
            if json {
                let answer = Answer(
                    engine: engine, jobs: jobs, runs: runs.map { RunStatus($0, experiment: nil, abandoned: nil) },
                    nodes: nodes.map {
                        Node(name: $0.name, arithmetic: $0.arithmetic, isExcluded: $0.isExcluded(at: lab.clock.now()))
                    })
                return Terminal.output.line(try JSONOutput.text(answer))
            }
            if runs.isEmpty { Terminal.output.line("no runs are the cluster's") } else { table(runs) }
            for node in nodes where node.isExcluded(at: lab.clock.now()) {
                Terminal.error.line(
                    "\(node.name) is excluded for a day since \(Format.time(node.excludedAt ?? 0)): jobs died there".printable)
            }
        }
    }

    private func table(_ runs: [RunSummary]) {
        var table = TextTable([
            .left("run"), .left("model"), .left("dataset"), .right("seed"), .left("state"), .right("epoch"), .left("engine"),
            .left("job"), .left("node"), .left("reason"),
        ])
        for run in runs {
            guard let remote = run.remote else { continue }
            table.add([
                .init(String(run.id.prefix(8))), .init(run.model), .init(run.settings.dataset.label),
                .init("\(run.settings.seed)"),
                .init(run.state.rawValue, run.state.colour), .init("\(run.epoch)/\(run.epochs)"), .init(remote.engine),
                .init(remote.job ?? ""), .init(remote.node ?? ""), .init(remote.reason ?? ""),
            ])
        }
        for line in table.lines(for: .output) { Terminal.output.line(line) }
    }
}

struct ClusterCancel: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "cancel", abstract: "End the jobs of runs, and give the runs back to workers of this machine.",
        discussion: """
            Without a selection: all runs of the cluster. A run in training stops at its next batch, with a checkpoint, and is queued; \
            `pcnlab work` goes on with it as soon as its job has ended. To cancel the run itself: `pcnlab cancel`.
            """)

    @OptionGroup var lab: LabOption
    @OptionGroup var selection: RunSelection
    @OptionGroup var confirmation: Confirmation
    @OptionGroup var cluster: ClusterOption

    func run() throws {
        try reporting {
            let lab = try lab.open()
            let runs = try selection.some(lab).filter { $0.remote != nil }
            let lines = RunLines(runs)
            var summary: ClusterSummary?
            if runs.isEmpty { return Terminal.error.line("no such runs are the cluster's") }
            if runs.count > 1, !confirmation.dryRun {
                try confirmation.ask("end the jobs of \(Format.count(runs.count, "run")) (\(RunLines.states(runs)))")
            }
            if !confirmation.dryRun {
                _ = try lab.assign(runs.map(\.id), to: nil)
                let reporter = ClusterReporter(lab)
                summary = try cluster.controller(lab) { reporter($0) }.sync()
            }
            for run in runs {
                Terminal.output.line(lines.line(run, run.state == .running ? "stops at its next batch" : "given back"))
            }
            // The reporter has said why. The next pass ends the jobs.
            if summary?.trouble != nil { throw Exit.unavailable }
        }
    }
}
