import Foundation
import Lab
import Specs
import Training

/// The lab of a service on another machine, over its API.
package struct RemoteLab: LabAccess {
    private let client: ServiceClient

    package init(_ client: ServiceClient) { self.client = client }

    /// Runs that one request asks for or names: a URL's length is limited.
    private static let page = 1000
    private static let names = 200

    package func stateCounts(_ selector: RunSelector) throws -> [RunState: Int] {
        var counts: [RunState: Int] = [:]
        for part in parts(selector) {
            let page: RemotePage = try client.get("runs", part + [("limit", "1"), ("order", "interest")])
            for (name, count) in page.counts { if let state = RunState(rawValue: name) { counts[state, default: 0] += count } }
        }
        return counts
    }

    package func listing(_ selector: RunSelector, limit: Int?) throws -> RunListing {
        var found: [RemoteRun] = [], unreadable: [Failure] = []
        for part in parts(selector) {
            var after: Int64? = 0
            while let number = after, found.count < limit ?? .max {
                let order = limit == nil ? [("after", "\(number)")] : [("order", "interest")]
                let page: RemotePage = try client.get(
                    "runs", part + order + [("limit", "\(min(limit ?? Self.page, Self.page))")])
                found += page.runs
                unreadable += (page.unreadable ?? []).map(\.failure)
                after = page.next
            }
        }
        var listing = RunListing(runs: found.map(\.summary), unreadable: unreadable, abandoned: [:])
        if selector.ids != nil {
            // Named in several requests, and perhaps twice.
            var seen: Set<String> = []
            listing.runs = listing.runs.filter { seen.insert($0.id).inserted }
            if limit == nil { listing.runs.sort { $0.number < $1.number } }
        }
        for run in found { listing.abandoned[run.summary.id] = run.abandoned }
        return listing
    }

    package func states(of ids: [String]) throws -> [String: RunState] {
        var states: [String: RunState] = [:]
        for part in ids.split(every: Self.names) {
            let found: [String: RunState] = try client.get("states", [("ids", part.joined(separator: ","))])
            states.merge(found) { $1 }
        }
        return states
    }

    package func facts(of run: RunSummary) throws -> RunFacts {
        let record: RemoteRecord = try client.get("runs/\(run.id)")
        return RunFacts(
            curve: try epochs(of: run.id),
            attempts: record.attempts.map(\.row), checkpoints: record.checkpoints.map(\.record), events: try events(of: run.id),
            wishes: record.wishes.map { ($0.experiment, $0.epochs) }, spectra: record.spectra ?? [])
    }

    package func epochs(of run: String) throws -> [EpochRow] {
        let curves: [CurveAnswer] = try client.get("curves", [("runs", run)])
        return try curves.first?.rows ?? []
    }

    package func events(of run: String) throws -> [EventRow] {
        let events: [EventAnswer] = try client.get("runs/\(run)/events")
        return events.map(\.row)
    }

    package func allEvents() throws -> [EventRow] {
        var all: [EventRow] = []
        while true {
            let part: [EventAnswer] = try client.get("events", [("after", "\(all.last?.id ?? 0)"), ("limit", "\(Self.page)")])
            all += part.map(\.row)
            if part.count < Self.page { return all }
        }
    }

    package func logLines(of run: String) throws -> [String] {
        var text = "", offset = 0
        while true {
            let part: LogAnswer = try client.get("runs/\(run)/log", [("offset", "\(offset)")])
            text += part.text
            if part.offset <= offset || part.offset >= part.size { break }
            offset = part.offset
        }
        return text.split(separator: "\n").map(String.init)
    }

    private struct Summary: Decodable { let disk: DiskAnswer }

    package func diskUse() throws -> DiskUse { (try client.get("summary") as Summary).disk.use }

    package func search(_ experiment: String) throws -> SearchSummary? {
        let found: RemoteSearch? = try client.get("search", [("experiment", experiment)])
        return found?.summary
    }

    package func plan(_ request: ActionRequest) throws -> ActionPlan {
        let dry = ActionRequest(request.action, request.selection, isDryRun: true)
        let result: ActionResult = try client.send("POST", "actions", json: dry)
        if result.runs.isEmpty { return ActionPlan(runs: [], refusing: result.refused) }
        let runs = try runs(selectedBy: RunSelector(ids: result.runs.map(\.id)))
        return ActionPlan(runs: runs, refusing: result.refused)
    }

    package func perform(_ request: ActionRequest, _ plan: ActionPlan) throws -> ActionResult {
        // What the person agreed to is what is done: the service refuses if the number of runs has changed.
        let counted = ActionRequest(
            request.action, request.selection, expect: plan.runs.count, isDryRun: request.isDryRun)
        return try client.send("POST", "actions", json: counted)
    }

    package func change(_ changes: RunChanges, runs: [String]) throws {
        let _: ChangedRuns = try client.send("PATCH", "runs", json: ChangesOfRuns(ids: runs, changes))
    }

    package func writeWeights(
        of run: RunSummary, format: String, expand: Bool, at place: (String) throws -> URL
    ) throws -> WrittenWeights {
        let answer = try client.send(
            "GET", "runs/\(run.id)/export", [("format", format), ("expand", expand ? "true" : "false")])
        let name =
            answer.headers["content-disposition"]?.split(separator: "\"").dropFirst().first.map(String.init)
            ?? "weights.\(format)"
        // The name of a file here is not the service's to choose.
        let plain = name.filter { $0.isLetter || $0.isNumber || "-_.".contains($0) }
        let file = try OutputFile(place(plain.hasPrefix(".") ? "weights.\(format)" : plain))
        try file.append(answer.body)
        try file.commit()
        return WrittenWeights(
            name: plain, tensors: answer.headers["pcnlab-tensors"].flatMap { Int($0) } ?? 0,
            epoch: answer.headers["pcnlab-epoch"] ?? "?", bytes: answer.body.count,
            skipped: (answer.headers["pcnlab-skipped"] ?? "").split(separator: ",").compactMap { $0.removingPercentEncoding })
    }

    /// Queues specs.
    package func submit(_ request: SpecsRequest) throws -> SubmissionResult { try client.send("POST", "specs", json: request) }

    /// The cost of specs on the service's machine. Queues nothing.
    package func estimate(_ request: SpecsRequest) throws -> SpecsEstimate { try client.send("POST", "specs", json: request) }

    /// The parameters that select runs, in several requests where many are named.
    private func parts(_ selector: RunSelector) -> [[(String, String)]] {
        var common: [(String, String)] = selector.experiment.map { [("experiment", $0)] } ?? []
        let lists = [
            ("state", selector.state?.map(\.rawValue)), ("tag", selector.tag), ("dataset", selector.dataset),
            ("model", selector.model), ("where", selector.where),
        ]
        for (name, values) in lists { common += (values ?? []).map { (name, $0) } }
        guard let ids = selector.ids else { return [common] }
        return ids.split(every: Self.names).map { common + [("ids", $0.joined(separator: ","))] }
    }
}

extension Array {
    /// The same elements in parts of so many.
    fileprivate func split(every count: Int) -> [[Element]] {
        stride(from: 0, to: self.count, by: count).map { Array(self[$0..<Swift.min($0 + count, self.count)]) }
    }
}
