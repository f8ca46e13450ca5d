import Foundation

/// Requests to this machine that are waited for. Foundation's own client on Linux refuses some of chromedriver's answers.
enum HTTP {
    static func send(_ method: String, _ url: String, body: String? = nil, token: String? = nil) throws -> (
        data: Data, status: Int
    ) {
        guard let address = URL(string: url), let port = address.port else { throw Browser.Failure(description: url) }
        let connection = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(connection) }
        var place = sockaddr_in()
        place.sin_family = sa_family_t(AF_INET)
        place.sin_port = UInt16(port).bigEndian
        place.sin_addr.s_addr = inet_addr("127.0.0.1")
        let connected = withUnsafePointer(to: place) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(connection, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard connected == 0 else { throw Browser.Failure(description: "nothing listens at \(url)") }
        let start = url.range(of: ":\(port)").map { url[$0.upperBound...] } ?? "/"
        var head = ["\(method) \(start.isEmpty ? "/" : start) HTTP/1.1", "Host: 127.0.0.1:\(port)", "Connection: close"]
        head += ["Content-Type: application/json", "Content-Length: \(body?.utf8.count ?? 0)"]
        if let token { head.append("Authorization: Bearer \(token)") }
        try write(Data((head.joined(separator: "\r\n") + "\r\n\r\n" + (body ?? "")).utf8), connection)
        return try read(connection)
    }

    private static func write(_ bytes: Data, _ connection: Int32) throws {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes {
                Foundation.send(connection, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            guard count > 0 else { throw Browser.Failure(description: "the connection ended") }
            rest = rest.dropFirst(count)
        }
    }

    /// Reads to the end of the body, whose length the head says.
    private static func read(_ connection: Int32) throws -> (data: Data, status: Int) {
        var bytes = Data(), buffer = [UInt8](repeating: 0, count: 1 << 16), body: Int?, length = Int.max, status = 0
        while body.map({ bytes.count - $0 < length }) ?? true {
            let count = recv(connection, &buffer, buffer.count, 0)
            if count <= 0 { break }
            bytes.append(contentsOf: buffer[..<count])
            if body == nil, let end = bytes.range(of: Data("\r\n\r\n".utf8)) {
                body = end.upperBound
                let head = String(decoding: bytes[..<end.lowerBound], as: UTF8.self)
                status = head.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0
                length = head.firstMatch(of: /(?i)content-length: *(\d+)/).flatMap { Int($0.output.1) } ?? Int.max
            }
        }
        guard let body else { throw Browser.Failure(description: "no answer") }
        return (bytes[body...], status)
    }
}
