import ArgumentParser
import Datasets
import Foundation
import Lab
import Operations
import Specs
import Training

struct Submit: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Check specs, expand them into runs, and queue the runs.",
        discussion: """
            Either every run of every file is accepted, or nothing is queued. Runs that exist already are not queued again.

            A spec is a JSON object with a name, settings, and lists of settings under sweep, include and exclude. Settings and their
            defaults:

            \(SettingField.all.map { "  \($0.key): \($0.summary) [\($0.defaultText)]" }.joined(separator: "\n"))
            """)

    @OptionGroup var lab: LabPlace

    @Argument(help: "JSON specs.", completion: .file(extensions: ["json"]))
    var files: [String]

    // A negative number begins with a dash, as options do.
    @Option(
        parsing: .unconditional, help: "Runs of a higher priority are trained first (default: 0; unchanged for runs that exist).")
    var priority: Int?

    @Option(name: .customLong("tag"), help: "A tag for the runs; may be given more than once.")
    var tags: [String] = []

    @OptionGroup var cluster: SubmitClusterOption

    @Flag(help: "Queue nothing; print each run's parameters, work and estimated time.")
    var dryRun = false

    @Flag(help: "Print JSON.")
    var json = false

    func validate() throws {
        if tags.contains("") { throw ValidationError("a tag is empty") }
        guard cluster.engine != nil else { return }
        if lab.isRemote {
            throw ValidationError(
                "--on starts jobs of this machine's lab, not of a service's; submit the specs on the service's machine")
        }
        if dryRun { throw ValidationError("give --on or --dry-run, not both: --dry-run queues nothing and starts nothing") }
    }

    func run() throws {
        try reporting {
            if dryRun { return try printDryRun() }
            // Nothing is queued where cluster.json has faults.
            if cluster.engine != nil { _ = try cluster.settings(ofLab: lab.folder.url) }
            let result = try submit()
            for note in result.notes { Terminal.error.line(note.printable) }
            let lines = result.runs
            if json {
                Terminal.output.line(try JSONOutput.text(lines))
                return try startJobs(lines)
            }
            let varying = VaryingSettings(lines.lazy.map(\.settings))
            Terminal.output.write(lines.map { $0.text(varying) + "\n" }.joined())
            if let shared = varying.sentence(of: lines.count) { Terminal.error.line(shared) }
            if result.combinations > lines.count {
                Terminal.error.line(
                    "\(result.combinations) combinations are \(Format.count(lines.count, "run")): those that differ only in epochs are one run, "
                        + "which trains to the longest; its curve has the figures after every epoch")
            }
            Terminal.error.line(summary(lines))
            try startJobs(lines)
        }
    }

    /// With --on: gives the runs that are queued now to the engine. What it says of its jobs follows the lines of the runs.
    private func startJobs(_ lines: [SubmittedRun]) throws {
        guard let engine = cluster.engine else { return }
        let lab = try lab.folder.open()
        let queued = try lab.listing(RunFilter(ids: lines.map(\.id))).runs.filter { $0.state == .queued }
        if queued.isEmpty { return Terminal.error.line("none of the runs is queued: \(engine) gets none") }
        let (given, summary) = try cluster.assign(queued.map(\.id), in: lab)
        let runs = given.isEmpty ? [] : try lab.listing(RunFilter(ids: given)).runs
        let waiting = runs.count { $0.remote?.job == nil && $0.state == .queued }
        let jobless =
            waiting == 0 ? "" : waiting == runs.count ? ", without a job yet" : ", \(waiting.grouped) of them without a job yet"
        Terminal.error.line("\(Format.count(runs.count, "run")) given to \(engine)\(jobless); \(try cluster.hint(lab))")
        // The reporter has said why.
        if summary.trouble != nil { throw Exit.unavailable }
    }

    private func summary(_ lines: [SubmittedRun]) -> String {
        let queued = lines.count { $0.outcome != "found" && $0.outcome != "shortened" }
        let shortened = lines.count - queued - lines.count { $0.outcome == "found" }
        if queued == 0, shortened > 0 { return "\(Format.count(shortened, "run")) shortened; nothing else to do" }
        if queued == 0 {
            return "nothing to queue: " + (lines.count == 1 ? "the run is there" : "all \(lines.count) runs are there")
        }
        let isOne = lines.count == 1, text = isOne ? "1 run queued" : "\(queued) of \(lines.count) runs queued"
        if cluster.engine != nil { return text }
        return text + "; `pcnlab work` trains \(isOne ? "it" : "them")"
    }

    private func submit() throws -> SubmissionResult {
        if let service = try lab.remote() { return try service.submit(request()) }
        let experiments = try readAll { try readSpec($0) }
        lab.folder.warnOfNetwork()
        return try Submitting(experiments).submit(lab.folder.open(create: true), priority: priority, tags: tags)
    }

    /// The cost of the runs on the machine of the lab, and what that machine is called.
    func estimate() throws -> (runs: [DryRun], machine: String) {
        if let service = try lab.remote() { return (try service.estimate(request()).runs, "the service's machine") }
        let estimate = TimeEstimate(threads: ProcessInfo.processInfo.activeProcessorCount, lab: lab.folder.url)
        let runs = try readAll { try readSpec($0) }.flatMap { experiment in
            try experiment.runs.map { try DryRun(experiment.name, $0, estimate) }
        }
        return (runs, "this machine")
    }

    /// The searches among the specs, with the names of their experiments. With --server a spec may name data of another machine: such a
    /// one is left out.
    func searches() throws -> [(name: String, search: Search)] {
        let isRemote = lab.isRemote
        return try files.compactMap { file in
            let experiment = isRemote ? try? readSpec(file) : try readSpec(file)
            return experiment.flatMap { read in read.search.map { (read.name, $0) } }
        }
    }

    /// The specs as a service takes them: as they are. It finds their faults.
    private func request() throws -> SpecsRequest {
        do {
            let specs = try readAll { SpecsRequest.Spec(name: $0, text: String(decoding: try readSpecText($0), as: UTF8.self)) }
            return SpecsRequest(specs: specs, priority: priority, tags: tags, dryRun: dryRun)
        } catch {
            // Nothing is sent where a file is missing: the faults of the others are found here.
            _ = try readAll { try readSpec($0) }
            throw error
        }
    }

    /// Shows the faults of all files before any file is refused.
    private func readAll<Read>(_ read: (String) throws -> Read) throws -> [Read] {
        var all: [Read] = [], failures: [Failure] = []
        for file in files {
            do {
                all.append(try read(file))
            } catch { failures.append(Failure(error)) }
        }
        guard let first = failures.first else { return all }
        throw Failure(failures.map(\.message).joined(separator: "\n"), first.code)
    }
}
