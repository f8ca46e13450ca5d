import Foundation
import Lab
import Specs

/// How a pass submits the runs that wait.
extension EnginePass {
    /// Most runs that one pass submits: a pass should not take long. The next one submits more.
    private static let runsAtOnce = 1000

    /// What the runs of one submission have in common.
    private struct Group: Hashable {
        let changes: [String]
        let excluded: [String]
    }

    /// Submits queued runs of the engine that have no job, as many as settings allow.
    mutating func submit(isImpatient: Bool) throws {
        var room = controller.settings.maxSubmitted - (try lab.remoteJobs(engine.name))
        guard room > 0 else { return }
        let candidates = try lab.remoteCandidates(engine.name, limit: Self.runsAtOnce, isImpatient: isImpatient)
        if candidates.isEmpty { return }
        let capabilities: EngineCapabilities
        do throws(EngineError) { capabilities = try engine.capabilities() } catch {
            isInTrouble(error)
            return
        }
        let nodes = try lab.nodes(engine.name)
        var groups: [(group: Group, runs: [RemoteCandidate])] = []
        for candidate in candidates {
            let group = Group(changes: candidate.settingChanges, excluded: excluded(candidate, nodes, capabilities, isImpatient))
            if let index = groups.firstIndex(where: { $0.group == group }) {
                groups[index].runs.append(candidate)
            } else {
                groups.append((group, [candidate]))
            }
        }
        for (group, runs) in groups {
            let settings = controller.settings(with: group.changes)
            var tasks = pack(runs, settings).prefix(max(0, room))[...]
            while !tasks.isEmpty {
                let part = Array(tasks.prefix(min(capabilities.arraySize, settings.startsPerMinute)))
                tasks = tasks.dropFirst(part.count)
                room -= part.count
                guard try submit(part, settings, group.excluded) else { break }
            }
        }
    }

    /// Nodes to which a run must not be sent: those of another arithmetic, and those on which jobs die.
    /// - Parameter isForgiving: whether a person asks for the jobs: what made a node compute differently may be corrected. If it is not,
    ///   the node refuses once more.
    private func excluded(
        _ run: RemoteCandidate, _ nodes: [RemoteNode], _ capabilities: EngineCapabilities, _ isForgiving: Bool
    ) -> [String] {
        // A name that the engine does not know, as of a node that has left, would have it refuse the jobs.
        let known = nodes.filter { capabilities.features.isEmpty || capabilities.features[$0.name] != nil }
        // Where jobs die everywhere, the nodes are not the reason.
        let canAvoid = known.count { $0.isExcluded(at: now) } < capabilities.features.count
        return known.filter { node in
            let isDeadly = canAvoid && capabilities.features.count > 1 && node.isExcluded(at: now)
            let isOther = run.arithmetic.map { before in
                !node.arithmetic.isEmpty && run.settings.decisive(before) != run.settings.decisive(node.arithmetic)
            }
            return isDeadly || !isForgiving && isOther ?? false
        }.map(\.name)
    }

    /// Runs in tasks: short ones share a task, up to its time.
    private func pack(_ runs: [RemoteCandidate], _ settings: ClusterSettings) -> [[RemoteCandidate]] {
        let most = Double(settings.packMinutes) * 60
        var tasks: [[RemoteCandidate]] = [], used = Double.infinity
        for run in runs {
            let epochs = Double(max(0, (run.until ?? run.settings.epochs) - run.epoch))
            // Beside its epochs a run reads its data and evaluates its end.
            let seconds = 2 + epochs * (run.secondsPerEpoch ?? controller.estimate(run.settings))
            if used + seconds > most || tasks.isEmpty {
                tasks.append([run])
                used = seconds
            } else {
                tasks[tasks.count - 1].append(run)
                used += seconds
            }
        }
        return tasks
    }

    /// Submits one array of jobs. Returns whether the engine took it.
    private mutating func submit(_ tasks: [[RemoteCandidate]], _ settings: ClusterSettings, _ excluded: [String]) throws -> Bool {
        let token = Self.token()
        // Later than all jobs that may wait: the clock was set back since.
        let latest = Int64(controller.settings.maxSubmitted) * 60_000 / Int64(settings.startsPerMinute)
        let begin = try lab.nextBegin(engine.name) ?? now
        let delay = begin - now > latest ? 0 : max(0, begin - now)
        let next = now + delay + Int64(tasks.count) * 60_000 / Int64(settings.startsPerMinute)
        let places = tasks.enumerated().flatMap { task, runs in
            runs.enumerated().map { RemoteTask(run: $1.run, task: task, place: $0) }
        }
        // On record first, then the bundles, then the jobs: whatever happens between, the next pass finds what is missing.
        let attempts = try lab.beginSubmission(token, engine: engine.name, nextBegin: next, places)
        for (task, runs) in tasks.enumerated() {
            var list = ""
            for run in runs {
                guard let attempt = attempts[run.run] else { continue }
                let name = RunBundle.name(run: run.run, attempt: attempt)
                try makeBundle(name, run, attempt)
                list += storage.url(of: name).path + "\n"
            }
            try storage.put(Data(list.utf8), as: "jobs/\(token)/task-\(task)")
        }
        let folder = storage.url(of: "jobs/\(token)")
        try storage.put(Data(JobScript(settings, controller.node, folder: folder).text.utf8), as: "jobs/\(token)/job.sh")
        let jobs = JobArray(
            token: token, tasks: tasks.count, script: folder.appending(path: "job.sh"), folder: folder, settings: settings,
            delay: Int((delay + 999) / 1000), excludedNodes: excluded)
        do throws(EngineError) {
            let job = try engine.submit(jobs)
            try? lab.submitted(token, as: job)
            note(.submitted(job: job, engine: engine.name, jobs: tasks.count, runs: attempts.count))
            return true
        } catch {
            isInTrouble(error)
            if case .unreachable = error {
                // It may have arrived: the next pass looks for the token.
                return false
            }
            for attempt in try lab.remoteAttempts() where attempt.token == token {
                try lab.close(attempt, reason: "\(error)")
                try? storage.remove(RunBundle.name(run: attempt.run, attempt: attempt.number))
            }
            return false
        }
    }

    /// Whether a folder in `jobs` has the form of a token.
    static func isToken(_ name: String) -> Bool { name.wholeMatch(of: /[0-9a-f]{12}/) != nil }

    private static func token() -> String {
        (0..<12).map { _ in String(Int.random(in: 0..<16), radix: 16) }.joined()
    }

    private func makeBundle(_ name: String, _ run: RemoteCandidate, _ attempt: Int) throws {
        let end = (run.settings.epochs, 0)
        var checkpoints: [RunBundle.Checkpoint] = []
        for record in try lab.checkpointsToResume(run.run) where (record.epoch, record.batch) <= end && checkpoints.count < 2 {
            let file = RunBundle.input(checkpoints.count)
            do { try storage.put(file: lab.url(ofCheckpoint: record.file), as: "\(name)/\(file)") } catch CocoaError
                .fileReadNoSuchFile
            {
                continue
            }
            checkpoints.append(.init(file: file, epoch: record.epoch, batch: record.batch, digest: record.sha256))
        }
        let bundle = RunBundle(
            run: run.run, attempt: attempt, settings: run.settings, datasetDigest: run.datasetDigest, checkpoints: checkpoints,
            arithmetic: run.arithmetic, until: run.until)
        try storage.put(try bundle.encoded(), as: "\(name)/\(RunBundle.file)")
    }
}

/// The script that every job of an array runs.
struct JobScript {
    let text: String

    /// The program takes the shell's place: signals of the engine are for it.
    init(_ settings: ClusterSettings, _ node: ClusterController.NodeDefaults, folder: URL) {
        var lines = [
            "#!/bin/sh",
            "# A job of pcnlab: it trains the runs of one task, one after the other.",
            "# The task is given by the engine local, which may itself run in a job of Slurm.",
            "task=${1:-$SLURM_ARRAY_TASK_ID} job=\(folder.lastPathComponent) restarts=0",
            "[ -n \"${1:-}\" ] || { job=$SLURM_ARRAY_JOB_ID; restarts=${SLURM_RESTART_COUNT:-0}; }",
            "export PCNLAB_JOB=\"${job}_$task-$restarts\"",
            "export PCNLAB_NODE=\"${SLURMD_NODENAME:-}\"",
            "export PCNLAB_DATASETS=\(settings.datasets.map(Shell.expanded) ?? Shell.quoted(node.datasets))",
        ]
        if let scratch = settings.scratch { lines.append("export TMPDIR=\(Shell.expanded(scratch))") }
        lines += settings.setup
        let container = settings.container.map { $0 + " " } ?? ""
        lines.append(
            "exec \(container)\(settings.program.map(Shell.expanded) ?? Shell.quoted(node.program)) train --threads \(settings.cpus) "
                + "--list \(Shell.quoted(folder.path))/task-\"$task\"")
        text = lines.joined(separator: "\n") + "\n"
    }
}
