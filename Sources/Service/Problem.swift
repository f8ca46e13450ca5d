import Foundation
import Hummingbird
import NIOCore

/// An error in an answer: a problem document (RFC 9457).
struct Problem: Error, Encodable {
    /// The fault of one place in a spec.
    struct Fault: Encodable, Sendable {
        let file: String
        let line: Int
        let column: Int
        let field: String
        /// What is wrong and what would be right.
        let message: String
    }

    let status: Int
    /// Of all problems of this kind.
    let title: String
    /// What is wrong with this request, and the remedy.
    let detail: String
    /// With which the command line ends on the same error.
    var exitCode: Int32?
    /// The faults of a spec, in their order.
    var faults: [Fault]?
    /// What the server counted where the client expected another number.
    var count: Int?

    init(_ status: HTTPResponse.Status, _ detail: String, exitCode: Int32? = nil, faults: [Fault]? = nil, count: Int? = nil) {
        self.status = status.code
        title = status.reasonPhrase
        (self.detail, self.exitCode, self.faults, self.count) = (detail, exitCode, faults, count)
    }

    private enum CodingKeys: String, CodingKey {
        case status, title, detail, faults, count
        case exitCode = "exit_code"
    }

    var response: Response {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        let bytes = (try? encoder.encode(self)) ?? Data(#"{"title":"Internal Server Error"}"#.utf8)
        return Response(
            status: .init(code: status, reasonPhrase: title),
            headers: [.contentType: "application/problem+json", .cacheControl: "no-store"],
            body: .init(byteBuffer: ByteBuffer(bytes: bytes)))
    }
}
