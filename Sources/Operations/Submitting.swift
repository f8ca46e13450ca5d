import Foundation
import Lab
import Specs

/// What `submit` did.
package struct SubmissionResult: Codable, Sendable {
    /// One line for each run.
    package let runs: [SubmittedRun]
    /// What a person should know: of data that is not official, of runs of another length.
    package let notes: [String]
    /// Combinations of the specs, where several are one run.
    package let combinations: Int
}

/// Queues experiments.
package struct Submitting {
    private let experiments: [Experiment]

    package init(_ experiments: [Experiment]) { self.experiments = experiments }

    /// Queues all runs or, on an error, none.
    package func submit(_ lab: Lab, priority: Int? = nil, tags: [String] = []) throws -> SubmissionResult {
        var notes: [String] = []
        let digests = try DatasetDigests(lab).of(experiments.flatMap { $0.runs.map(\.dataset) })
        for (name, digest) in digests.sorted(by: { $0.key.name < $1.key.name }) {
            if let warning = try OfficialContentCheck(lab).warning(name, digest: digest) { notes.append(warning) }
        }
        let joined = joinedByName()
        let submitted = joined.map { experiment in
            let runs = experiment.runs.map { RunToSubmit($0, datasetDigest: digests[$0.dataset] ?? "") }
            return ExperimentToSubmit(experiment.name, description: experiment.description, runs: runs, search: experiment.search)
        }
        let outcomes = try lab.submit(submitted, priority: priority, tags: tags)
        let all = zip(joined, outcomes).flatMap { experiment, outcomes in
            zip(experiment.runs, outcomes).map { SubmittedRun($1.id, experiment.name, $0, $1.outcome) }
        }
        for experiment in joined { notes += try otherLengths(lab, experiment, Set(all.map(\.id))) }
        notes += try restarts(lab, all.filter { $0.extendedFrom != nil }.map(\.id))
        lab.settle()
        let isMerged = Set(all.map { [$0.id, "\($0.epochs)"] }).count > Set(all.map(\.id)).count
        let runs = SubmittedRun.merged(all)
        return SubmissionResult(runs: runs, notes: notes, combinations: isMerged ? all.count : runs.count)
    }

    /// Specs of one name are one experiment, as they are when they are submitted one after the other. Searches are not joined.
    private func joinedByName() -> [Experiment] {
        var joined: [Experiment] = []
        for experiment in experiments {
            let place = joined.firstIndex {
                $0.search == nil && experiment.search == nil && $0.name.utf8.elementsEqual(experiment.name.utf8)
            }
            guard let place else {
                joined.append(experiment)
                continue
            }
            joined[place] = joined[place].adding(experiment)
        }
        return joined
    }

    /// Names the runs that are extended, and were imported without weights.
    private func restarts(_ lab: Lab, _ extended: [String]) throws -> [String] {
        guard !extended.isEmpty else { return [] }
        return try lab.listing(RunFilter(ids: extended, tags: [Lab.importMark])).runs.filter {
            try lab.checkpoints(of: $0).isEmpty
        }
        .map { "note: run \($0.id.prefix(8)) was imported without its weights, and is trained from epoch 1" }
    }

    /// Where another length is another run, names the runs of the experiment that differ from a submitted one in their length alone: one
    /// of the two is often a mistake.
    private func otherLengths(_ lab: Lab, _ experiment: Experiment, _ submitted: Set<String>) throws -> [String] {
        let key = { (settings: Settings) in
            var settings = settings
            settings.epochs = 1
            return settings.canonicalJSON
        }
        let fixed = experiment.runs.filter { settings in
            SettingField.all.contains { $0.key == "epochs" && $0.fixesTrajectory(settings) }
        }
        if fixed.isEmpty { return [] }
        let given = Set(fixed.map(key))
        let stale = try lab.listing(RunFilter(experiment: experiment.name)).runs.filter {
            !submitted.contains($0.id) && given.contains(key($0.settings))
        }
        return stale.map { run in
            "note: run \(run.id.prefix(8)), \(run.model) seed \(run.settings.seed) with \(Format.count(run.epochs, "epoch")), is kept "
                + "(\(run.state.rawValue)): under \(run.settings.dependenceOnLength ?? "these settings") another length is another run; "
                + "`pcnlab remove \(run.id.prefix(8))` removes it"
        }
    }
}

/// Specs that are sent to a service.
package struct SpecsRequest: Codable, Sendable {
    package struct Spec: Codable, Sendable {
        /// Its file's name, for messages. No file of this name is opened.
        package let name: String
        package let text: String

        package init(name: String, text: String) { (self.name, self.text) = (name, text) }
    }

    package let specs: [Spec]
    package let priority: Int?
    package let tags: [String]?
    /// Whether nothing is queued.
    package let dryRun: Bool?

    package init(specs: [Spec], priority: Int? = nil, tags: [String]? = nil, dryRun: Bool? = nil) {
        (self.specs, self.priority, self.tags, self.dryRun) = (specs, priority, tags, dryRun)
    }

    private enum CodingKeys: String, CodingKey {
        case specs, priority, tags
        case dryRun = "dry_run"
    }

    package func submit(_ lab: Lab) throws -> SubmissionResult {
        if tags?.contains("") == true { throw Failure("tags: a tag is empty", status: .usage) }
        return try Submitting(decoded()).submit(lab, priority: priority, tags: tags ?? [])
    }

    /// Parameters, work and time of every run.
    package func estimate(_ lab: Lab) throws -> SpecsEstimate {
        let estimate = TimeEstimate(threads: ProcessInfo.processInfo.activeProcessorCount, lab: lab.folder)
        let runs = try decoded().flatMap { experiment in try experiment.runs.map { try DryRun(experiment.name, $0, estimate) } }
        return SpecsEstimate(runs: runs, totalSeconds: runs.reduce(0) { $0 + $1.seconds })
    }

    /// Throws `SpecFaults` with the faults of all specs.
    private func decoded() throws -> [Experiment] {
        if specs.isEmpty { throw Failure("specs: give at least one", status: .usage) }
        // A service opens no path that a client names.
        let noPaths = OwnDataLookup { path in
            .failure(
                .init("\(path): own data cannot be named over the service; submit the spec on its machine", isMissing: false))
        }
        var experiments: [Experiment] = [], faults: [SpecDiagnostics] = []
        for spec in specs {
            do {
                experiments.append(try Experiment.decode(Data(spec.text.utf8), file: spec.name, ownData: noPaths))
            } catch { faults.append(error) }
        }
        if !faults.isEmpty { throw SpecFaults(files: faults) }
        return experiments
    }
}

/// The faults of specs, each of a file.
package struct SpecFaults: Error {
    package let files: [SpecDiagnostics]
}

/// The cost of runs on this machine, one at a time.
package struct SpecsEstimate: Codable, Sendable {
    package let runs: [DryRun]
    package let totalSeconds: Double

    private enum CodingKeys: String, CodingKey {
        case runs
        case totalSeconds = "total_seconds"
    }
}
