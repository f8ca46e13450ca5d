import Foundation
import HTTPTypes
import Hummingbird
import Lab
import NIOCore
import ServiceLifecycle

/// The event stream: server-sent events.
struct StreamRoute {
    let answers: Answers
    /// Tells one start of the service from another.
    let server: String

    func add(to group: RouterGroup<ServiceContext>) {
        group.get("stream") { request, _ in
            let last = request.headers[.init("Last-Event-ID")!].flatMap { Int64($0) }
            let live = answers.live, server = server
            let messages = live.messages()
            let missed = try await answers.onLab { lab in try Self.missed(lab, after: last) }
            return Response(
                status: .ok,
                headers: [
                    .contentType: "text/event-stream", .cacheControl: "no-store", .init("X-Accel-Buffering")!: "no",
                ],
                body: .init { writer in
                    var writer = writer
                    let hello = LiveMessage(
                        event: "hello", id: missed.event, data: "{\"last_event\":\(missed.event),\"server\":\"\(server)\"}")
                    try await writer.write(ByteBuffer(string: "retry: 1000\n\n" + hello.text + (missed.message?.text ?? "")))
                    try await request.body.consumeWithCancellationOnInboundClose { _ in
                        for await message in messages.cancelOnGracefulShutdown() {
                            try await writer.write(ByteBuffer(string: message.text))
                        }
                    }
                    try await writer.finish(nil)
                })
        }
    }

    /// What a client missed that saw an event last.
    private static func missed(_ lab: Lab, after last: Int64?) throws -> (event: Int64, message: LiveMessage?) {
        let now = try lab.lastEvent()
        guard let last, last < now else { return (now, nil) }
        let events = try lab.events(after: last, limit: 501)
        let runs = Set(events.compactMap(\.run)).sorted().map { "\"\($0)\"" }.joined(separator: ",")
        let isList = events.count > 500 || events.contains { ["submitted", "removed", "left"].contains($0.kind) }
        return (now, LiveMessage(event: "runs", id: now, data: "{\"runs\":[\(runs)],\"list\":\(isList)}"))
    }
}
