import Foundation
import HTTPTypes
import Hummingbird
import Lab
import NIOCore
import Operations

/// What changes the lab.
struct ActionRoutes {
    let answers: Answers

    func add(to group: RouterGroup<ServiceContext>) {
        group.post("actions") { request, _ in
            let action: ActionRequest = try await request.json()
            let result = try await changing { lab in
                do {
                    return try action.perform(lab)
                } catch let error as UnexpectedCount {
                    throw Problem(.conflict, "\(error)", exitCode: ExitStatus.tryAgain.rawValue, count: error.found)
                }
            }
            return Answers.response(try Answers.encoded(result))
        }
        group.patch("runs/:id") { request, context in
            let id = try context.parameters.require("id")
            let changes: ChangeRequest = try await request.json()
            let run = try await changing { lab in
                let run = try lab.run(named: id)
                try lab.change(changes.changes.checked(), runs: [run])
                return try RunRecord(lab, run).run
            }
            return Answers.response(try Answers.encoded(run))
        }
        group.post("specs") { request, _ in
            let body: SpecsRequest = try await request.json()
            if body.dryRun == true {
                let estimate = try await answers.onLab { lab in try body.estimate(lab) }
                return Answers.response(try Answers.encoded(estimate))
            }
            let result = try await changing { lab in try body.submit(lab) }
            return Answers.response(try Answers.encoded(result), status: .ok)
        }
    }

    /// Runs a change. What was computed before it does not hold any more.
    private func changing<Value: Sendable>(_ body: @Sendable @escaping (Lab) throws -> Value) async throws -> Value {
        defer { answers.live.changed() }
        return try await answers.onLab(body)
    }
}

/// The body of `PATCH /runs/{id}`.
private struct ChangeRequest: Decodable, Sendable {
    let priority: Int?
    let addTags: [String]?
    let removeTags: [String]?
    let note: String?

    private enum CodingKeys: String, CodingKey {
        case priority, note
        case addTags = "add_tags"
        case removeTags = "remove_tags"
    }

    var changes: RunChanges {
        RunChanges(priority: priority, addedTags: addTags ?? [], removedTags: removeTags ?? [], note: note)
    }
}

extension Request {
    /// The body, decoded. Throws a problem that says what is wrong with it.
    func json<Value: Decodable>() async throws -> Value {
        let bytes: ByteBuffer
        do {
            bytes = try await body.collect(upTo: Limits.body)
        } catch {
            throw Problem(.contentTooLarge, "a body has \(Limits.body >> 20) MiB at most")
        }
        do {
            return try JSONDecoder().decode(Value.self, from: Data(buffer: bytes))
        } catch let error as DecodingError {
            throw Problem(.badRequest, error.sentence)
        }
    }
}

extension DecodingError {
    /// What is wrong, with the place in the body.
    fileprivate var sentence: String {
        let place = { (context: Context) in context.codingPath.map(\.stringValue).joined(separator: ".") }
        switch self {
        case .keyNotFound(let key, let context):
            return "\((context.codingPath + [key]).map(\.stringValue).joined(separator: ".")): is missing"
        case .typeMismatch(let type, let context): return "\(place(context)): a \(type) is needed"
        case .valueNotFound(let type, let context): return "\(place(context)): a \(type) is needed, not null"
        case .dataCorrupted(let context):
            return context.codingPath.isEmpty ? "the body is no JSON" : "\(place(context)): \(context.debugDescription)"
        @unknown default: return "the body cannot be read"
        }
    }
}
