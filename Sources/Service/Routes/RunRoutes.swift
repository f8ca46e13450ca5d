import Foundation
import HTTPTypes
import Hummingbird
import Lab
import Operations
import Reports
import Specs

/// What is known of runs.
struct RunRoutes {
    let answers: Answers
    /// Reads the log of a run from an offset: its text, and the offset of what comes next.
    let log: @Sendable (_ run: String, _ offset: Int) throws -> (text: String, next: Int, size: Int)

    func add(to group: RouterGroup<ServiceContext>) {
        group.get("runs") { request, _ in
            let query = try RunQuery(request)
            let live = answers.live
            return try await answers.json(request) { try RunPage(query, $0) { live.stateCounts(at: $0) } }
        }
        group.get("runs/:id") { request, context in
            let id = try context.parameters.require("id")
            return try await answers.json(request) { try RunRecord($0, $0.run(named: id)) }
        }
        group.get("runs/:id/events") { request, context in
            let id = try context.parameters.require("id")
            return try await answers.json(request) { lab in try lab.events(of: lab.run(named: id)).map(EventAnswer.init) }
        }
        group.get("runs/:id/log") { request, context in
            let id = try context.parameters.require("id")
            let offset = try request.whole("offset") ?? 0
            let part = try await answers.onLab { lab in try log(lab.run(named: id), max(0, offset)) }
            return Answers.response(try Answers.encoded(LogAnswer(text: part.text, offset: part.next, size: part.size)))
        }
        group.get("events") { request, _ in
            let after = try request.whole("after") ?? 0, limit = try request.whole("limit") ?? 200
            return try await answers.json(request) { lab in
                try lab.events(after: Int64(after), limit: min(max(1, limit), 1000)).map(EventAnswer.init)
            }
        }
        group.get("curves") { request, _ in
            let names = (request.parameters["runs"] ?? "").split(separator: ",").map(String.init)
            guard names.count <= 200 else { throw Problem(.badRequest, "ask for 200 curves at most, not \(names.count)") }
            let since = try request.whole("since") ?? 0
            return try await answers.json(request) { lab in
                try names.map { name in
                    let id = try lab.run(named: name)
                    return CurveAnswer(run: id, try lab.epochs(of: id, after: since))
                }
            }
        }
    }
}

/// The parameters of `/runs`.
struct RunQuery: Sendable {
    let selection: RunSelector
    let limit: Int
    let isByInterest: Bool
    let after: Int64

    init(_ request: Request) throws {
        selection = try RunSelector(query: request.parameters)
        limit = min(max(1, try request.whole("limit") ?? 100), 1000)
        after = Int64(try request.whole("after") ?? 0)
        isByInterest = request.parameters["order"] == "interest"
    }
}

/// A page of runs.
private struct RunPage: Encodable, Sendable {
    let runs: [RunAnswer]
    /// The number after which the next page begins; nil if this is the last one, and where runs are in order of interest.
    let next: Int64?
    let counts: [String: Int]
    let total: Int
    let unreadable: [ErrorAnswer]

    /// - Parameter known: the number of all runs in each state after an event; nil to count them.
    init(_ query: RunQuery, _ lab: Lab, known: (Int64) -> [RunState: Int]?) throws {
        var filter = try query.selection.filter(lab)
        let counts = try (query.selection.isEmpty ? known(lab.lastEvent()) : nil) ?? lab.stateCounts(filter)
        filter.limit = query.limit
        filter.isByInterest = query.isByInterest
        if !query.isByInterest { filter.after = query.after }
        let (found, errors, last) = try lab.listing(filter)
        unreadable = errors.map { ErrorAnswer(Failure($0)) }
        let abandoned = counts[.running] == nil ? [:] : try lab.abandonedRuns()
        runs = found.map {
            RunAnswer($0, experiment: query.selection.experiment, abandoned: abandoned[$0.id])
        }
        // Runs that cannot be read count too, or a page with one of them would seem to be the last.
        next = !query.isByInterest && found.count + errors.count == query.limit ? last : nil
        self.counts = Dictionary(uniqueKeysWithValues: counts.map { ($0.key.rawValue, $0.value) })
        total = counts.values.reduce(0, +)
    }

    private enum CodingKeys: CodingKey { case runs, next, counts, total, unreadable }

    func encode(to encoder: any Encoder) throws {
        var object = encoder.container(keyedBy: CodingKeys.self)
        try object.encode(runs, forKey: .runs)
        try object.encode(next, forKey: .next)
        try object.encode(counts, forKey: .counts)
        try object.encode(total, forKey: .total)
        try object.encode(unreadable, forKey: .unreadable)
    }
}

/// Everything about a run but its events, its log and its curve.
struct RunRecord: Encodable, Sendable {
    /// The paper's figures, as fractions.
    struct PaperFigures: Encodable, Sendable {
        let trainAccuracy: Double
        let testAccuracy: Double
        @Nullable var loss: Double?

        private enum CodingKeys: String, CodingKey {
            case loss
            case trainAccuracy = "train_accuracy"
            case testAccuracy = "test_accuracy"
        }
    }

    let run: RunAnswer
    let attempts: [AttemptAnswer]
    let checkpoints: [CheckpointAnswer]
    let wishes: [WishAnswer]
    /// Of a run that is compressed already.
    let spectra: [SpectrumAnswer]
    /// Settings that differ from the paper's, in words.
    let deviations: [String]
    @Nullable var paper: PaperFigures?

    init(_ lab: Lab, _ id: String) throws {
        guard let summary = try lab.runs(RunFilter(ids: [id])).first else { throw LabError.noSuchRun(id) }
        let abandoned = summary.state == .running ? try lab.abandonedRuns()[id] : nil
        run = RunAnswer(summary, experiment: nil, abandoned: abandoned)
        attempts = try lab.attempts(of: id).map(AttemptAnswer.init)
        checkpoints = try lab.checkpoints(of: id).map(CheckpointAnswer.init)
        wishes = try lab.wishes(for: id).map(WishAnswer.init)
        spectra = lab.spectra(of: summary)
        deviations = summary.settings.deviationsFromPaper.map(\.text)
        paper = summary.settings.paperRow.map {
            PaperFigures(trainAccuracy: $0.trainAccuracy / 100, testAccuracy: $0.testAccuracy / 100, loss: $0.finalLoss)
        }
    }
}

extension Request {
    /// A parameter that is a whole number; nil if it is absent. Throws a problem that names it.
    func whole(_ name: String) throws -> Int? {
        guard let text = parameters[name] else { return nil }
        guard let whole = Int(text) else {
            throw Problem(.badRequest, "\(name): \(String(text).debugDescription) is no whole number")
        }
        return whole
    }
}
