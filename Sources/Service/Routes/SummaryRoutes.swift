import Foundation
import Hummingbird
import Lab
import Operations
import Specs

/// The first screen, and what surrounds the runs.
struct SummaryRoutes {
    let answers: Answers
    let version: String

    func add(to group: RouterGroup<ServiceContext>) {
        group.get("summary") { request, context in
            let access = context.access ?? .read
            let live = answers.live
            // Workers' heartbeats change nothing else: they are at most two seconds old.
            return try await answers.json(request.keyed(by: "\(access) \(answers.lab.clock.uptime() / 2000)")) { lab in
                try Summary(lab, version: version, access: access) { live.stateCounts(at: $0) }
            }
        }
        group.get("experiments") { request, _ in
            try await answers.json(request) { try $0.experiments().map(ExperimentAnswer.init) }
        }
    }
}

extension Request {
    /// The same request, whose answer is kept for each key apart.
    fileprivate func keyed(by key: String) -> Request {
        var head = head
        head.path = (head.path ?? "") + "#\(key)"
        return Request(head: head, body: body)
    }
}

private struct Summary: Encodable, Sendable {
    struct Worker: Encodable, Sendable {
        let run: String
        let attempt: Int
        let process: Int
        @Nullable var remote: RemotePlace?
        let threads: Int
        let arithmetic: String
        let startedAt: Int64
        @Nullable var silence: Double?
        let gone: Bool

        private enum CodingKeys: String, CodingKey {
            case run, attempt, process, remote, threads, arithmetic, silence, gone
            case startedAt = "started_at"
        }
    }

    /// The run that would be claimed next.
    struct Waiting: Encodable, Sendable {
        let run: RunStatus
        let reason: String
    }

    let version: String
    let lab: String
    let now: Int64
    let access: String
    let lastEvent: Int64
    let counts: [String: Int]
    let runs: Int
    let workers: [Worker]
    let running: [RunStatus]
    @Nullable var waiting: Waiting?
    let failures: [RunStatus]
    let disk: DiskAnswer

    private enum CodingKeys: String, CodingKey {
        case version, lab, now, access, counts, runs, workers, running, waiting, failures, disk
        case lastEvent = "last_event"
    }

    /// - Parameter known: the number of runs in each state after an event; nil to count them.
    init(_ lab: Lab, version: String, access: Access, known: (Int64) -> [RunState: Int]?) throws {
        self.version = version
        self.lab = lab.folder.standardizedFileURL.path
        self.access = access == .change ? "change" : "read"
        now = lab.clock.now()
        lastEvent = try lab.lastEvent()
        let counts = try known(lastEvent) ?? lab.stateCounts()
        self.counts = Dictionary(uniqueKeysWithValues: counts.map { ($0.key.rawValue, $0.value) })
        runs = counts.values.reduce(0, +)
        let workers = try lab.workers()
        self.workers = workers.map {
            Worker(
                run: $0.run, attempt: $0.attempt, process: $0.process, remote: $0.remote, threads: $0.threads,
                arithmetic: $0.arithmetic, startedAt: $0.startedAt, silence: $0.silence, gone: $0.isGone)
        }
        var filter = RunFilter(state: .running, limit: 50)
        let abandoned = counts[.running] == nil ? [:] : try lab.abandonedRuns()
        running = try lab.listing(filter).runs.map { RunStatus($0, experiment: nil, abandoned: abandoned[$0.id]) }
        filter = RunFilter(limit: 10)
        filter.states = [.failed, .diverged]
        filter.isNewestFirst = true
        failures =
            counts[.failed] == nil && counts[.diverged] == nil
            ? [] : try lab.listing(filter).runs.map { RunStatus($0, experiment: nil, abandoned: nil) }
        let next = counts[.queued] == nil ? nil : try lab.listing(RunFilter(state: .queued, limit: 1)).runs.first
        waiting = next.map { run in
            // Jobs of a cluster take no run that waits for workers of this machine.
            let live = workers.count { !$0.isGone && $0.remote == nil }
            let reason =
                run.error ?? run.remote.map { $0.text }
                ?? (live == 0
                    ? "no worker is there; `pcnlab work` trains it"
                    : "\(live == 1 ? "the worker trains" : "\(live) workers train") other runs")
            return Waiting(run: RunStatus(run, experiment: nil, abandoned: nil), reason: reason)
        }
        disk = DiskAnswer(try lab.diskUse())
    }
}

private struct ExperimentAnswer: Encodable, Sendable {
    let name: String
    @Nullable var description: String?
    let submittedAt: Int64
    let counts: [String: Int]

    init(_ row: ExperimentRow) {
        (name, description, submittedAt) = (row.name, row.description, row.submittedAt)
        counts = Dictionary(uniqueKeysWithValues: row.counts.map { ($0.key.rawValue, $0.value) })
    }

    private enum CodingKeys: String, CodingKey {
        case name, description, counts
        case submittedAt = "submitted_at"
    }
}
