import Foundation
import Hummingbird
import Lab
import Operations
import NIOCore
import NIOPosix
import Synchronization

/// What answers requests: the lab, what is live, and answers that still hold.
final class Answers: Sendable {
    let lab: Lab
    let live: LiveUpdates
    let counts: RequestCounts
    private struct Kept {
        var generation = 0
        var answers: [String: ByteBuffer] = [:]
        var bytes = 0
        /// Answers that are being computed: requests for the same wait for them.
        var underWay: [String: Task<ByteBuffer, any Error>] = [:]
    }

    private let kept = Mutex(Kept())
    private static let mostKept = (answers: 200, bytes: 64 << 20)
    /// Answers that no event of the lab makes invalid, while they are being computed.
    private let anew = Mutex<[String: Task<ByteBuffer, any Error>]>([:])
    /// An estimate measures for seconds: other requests must not wait for it.
    private let threads = NIOThreadPool(numberOfThreads: 8)

    init(_ lab: Lab, live: LiveUpdates, counts: RequestCounts) {
        (self.lab, self.live, self.counts) = (lab, live, counts)
        threads.start()
    }

    deinit { threads.shutdownGracefully { _ in } }

    /// Runs `body` on a thread that may block: reading the database would hold up an event loop, and Swift's cooperative pool.
    func onLab<Value: Sendable>(_ body: @Sendable @escaping (Lab) throws -> Value) async throws -> Value {
        do {
            return try await threads.runIfActive { [lab] in try body(lab) }
        } catch {
            throw Problem(labError: error, lab) ?? error
        }
    }

    /// An answer of JSON that is computed once for each state of the lab: many pages ask for the same.
    func json(_ request: Request, _ body: @Sendable @escaping (Lab) throws -> some Encodable & Sendable) async throws -> Response
    {
        let key = request.uri.string, generation = live.generation
        let task: Task<ByteBuffer, any Error>? = kept.withLock { kept in
            if kept.generation != generation || kept.answers.count > Self.mostKept.answers { kept = Kept(generation: generation) }
            if kept.answers[key] != nil { return nil }
            if let task = kept.underWay[key] { return task }
            let task = Task { try await onLab { try Self.encoded(body($0)) } }
            kept.underWay[key] = task
            return task
        }
        guard let task else {
            // Another request may have begun a new generation meanwhile.
            if let answer = kept.withLock({ $0.answers[key] }) { return Self.response(answer) }
            return try await json(request, body)
        }
        let result = await task.result
        kept.withLock { kept in
            guard kept.generation == generation else { return }
            kept.underWay[key] = nil
            guard case .success(let answer) = result, kept.bytes + answer.readableBytes <= Self.mostKept.bytes else { return }
            kept.answers[key] = answer
            kept.bytes += answer.readableBytes
        }
        return Self.response(try result.get())
    }

    /// An answer of JSON that follows from files too, so that it is computed anew: once for all the requests that come meanwhile.
    func current(
        _ key: String, _ body: @Sendable @escaping (Lab) throws -> some Encodable & Sendable
    ) async throws -> Response {
        let task = anew.withLock { running in
            if let task = running[key] { return task }
            let task = Task { [self] in
                defer { anew.withLock { $0[key] = nil } }
                return try await onLab { try Self.encoded(body($0)) }
            }
            running[key] = task
            return task
        }
        return Self.response(try await task.value)
    }

    static func encoded(_ value: some Encodable) throws -> ByteBuffer {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        encoder.keyEncodingStrategy = .convertToSnakeCase
        encoder.nonConformingFloatEncodingStrategy = .convertToString(
            positiveInfinity: "Infinity", negativeInfinity: "-Infinity", nan: "NaN")
        return ByteBuffer(bytes: try encoder.encode(value))
    }

    static func response(_ json: ByteBuffer, status: HTTPResponse.Status = .ok) -> Response {
        Response(
            status: status, headers: [.contentType: "application/json", .cacheControl: "no-store"], body: .init(byteBuffer: json))
    }
}

extension Problem {
    /// The problem of an error of the lab; nil for another error.
    init?(labError error: any Error, _ lab: Lab) {
        if let faults = error as? SpecFaults {
            let all = faults.files.flatMap { file in
                file.faults.map { Fault(file: file.file, line: $0.line, column: $0.column, field: $0.field, message: $0.message) }
            }
            let detail = faults.files.map(\.description).joined(separator: "\n")
            self.init(.unprocessableContent, detail, exitCode: ExitStatus.badData.rawValue, faults: all)
            return
        }
        if error is Problem || error is CancellationError { return nil }
        let failure = Failure(error)
        let status: HTTPResponse.Status =
            switch error as? LabError {
            case .noSuchRun?, .noSuchExperiment?, .removedRun?: .notFound
            case .ambiguousRun?, .refused?, .superseded?, .otherSearch?, .fewerTrials?: .conflict
            case .busy?: .serviceUnavailable
            case .cannotWrite?, .taken?: .init(code: 507, reasonPhrase: "Insufficient Storage")
            case .noLab?, .notALab?, .newerLab?, .damaged?: .internalServerError
            case nil: Self.status(failure.status)
            }
        self.init(status, failure.message, exitCode: failure.status.rawValue)
    }

    private static func status(_ status: ExitStatus) -> HTTPResponse.Status {
        switch status {
        case .usage: .badRequest
        case .badData: .unprocessableContent
        case .missingFile: .notFound
        case .cannotWrite: .init(code: 507, reasonPhrase: "Insufficient Storage")
        case .unavailable, .tryAgain: .serviceUnavailable
        default: .internalServerError
        }
    }
}
