import Foundation
import ProgramUnderTest

/// The real program as a service, and requests to it.
struct ServiceUnderTest {
    let program: Program
    let server: Server

    /// A service of a lab with three queued runs.
    static func run(_ arguments: [String] = [], _ body: (ServiceUnderTest) throws -> Void) throws {
        try Program.inNewFolder { program in
            guard try program.run("submit", program.spec(smallSpec("small", epochs: 2))).status == 0 else { throw NoLab() }
            let server = try Server(program, arguments)
            defer { _ = try? server.stop() }
            try body(ServiceUnderTest(program: program, server: server))
        }
    }

    struct NoLab: Error {}

    /// The token for reading only.
    var reader: String {
        let file = program.lab.appending(path: "service-token-read-only")
        return ((try? String(contentsOf: file, encoding: .utf8)) ?? "").trimmingCharacters(in: .whitespacesAndNewlines)
    }

    /// - Parameters:
    ///   - token: nil for none; the one for everything if it is not given.
    ///   - headers: in place of the usual ones of the same name; an empty value leaves the header out.
    func request(
        _ method: String = "GET", _ target: String, token: String?? = .none, _ headers: [String: String] = [:],
        body: String? = nil
    ) throws -> RawAnswer {
        var all = ["Host": "127.0.0.1:\(server.port)", "Connection": "close"]
        if let token = token ?? server.token { all["Authorization"] = "Bearer \(token)" }
        if let body {
            all["Content-Type"] = "application/json"
            all["Content-Length"] = "\(body.utf8.count)"
        }
        all.merge(headers) { $1 }
        let lines = all.filter { !$0.value.isEmpty }.map { "\($0.key): \($0.value)\r\n" }.sorted().joined()
        let connection = try RawConnection(port: server.port)
        connection.send("\(method) \(target) HTTP/1.1\r\n\(lines)\r\n\(body ?? "")")
        return RawAnswer(connection.receive().text)
    }

    /// The states of all runs.
    func states() throws -> [String] { try program.status().values.map { "\($0["state"] ?? "")" }.sorted() }
}
