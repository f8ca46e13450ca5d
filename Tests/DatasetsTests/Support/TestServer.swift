import Foundation

/// An HTTP server on a port of its own that does as its script says: one behaviour a request, the last one for ever.
final class TestServer: @unchecked Sendable {
    enum Behaviour {
        /// Serves the file, a range of it where asked.
        case serve
        /// The same, but hangs up after so many bytes of body.
        case drop(after: Int)
        /// Serves the whole file whatever range is asked for.
        case ignoreRange
        /// Answers with this status line and header lines and no body.
        case status(String, [String])
        /// Serves the file with this line added to the header.
        case serveWith(String)
    }

    let port: UInt16
    private let listener: Int32
    private let content: [UInt8]
    private let lock = NSLock()
    private var script: [Behaviour]
    private var seen: [String] = []

    /// The `Range` header of each request so far, empty where there was none.
    var ranges: [String] { lock.withLock { seen } }

    init(_ content: [UInt8], _ script: [Behaviour]) throws {
        self.content = content
        self.script = script
        let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let result = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                bind(listener, address, size) == 0 && listen(listener, 8) == 0 && getsockname(listener, address, &size) == 0
            }
        }
        precondition(listener >= 0 && result, "the test server cannot listen")
        self.listener = listener
        port = UInt16(bigEndian: address.sin_port)
        Thread.detachNewThread { [self] in
            while true {
                let connection = accept(listener, nil, nil)
                // Closed here, by its only user: elsewhere the number could be another server's by the next accept.
                if connection < 0 { break }
                answer(connection)
                close(connection)
            }
            close(listener)
        }
    }

    func url(_ name: String) -> URL { URL(string: "http://127.0.0.1:\(port)/\(name)")! }

    func stop() { shutdown(listener, Int32(SHUT_RDWR)) }

    private func answer(_ connection: Int32) {
        let request = readRequest(connection)
        guard !request.isEmpty else { return }
        let lines = request.split(separator: "\r\n")
        let range = lines.first { $0.lowercased().hasPrefix("range:") }.map { $0.dropFirst(6).drop { $0 == " " } } ?? ""
        let behaviour = lock.withLock { () -> Behaviour in
            seen.append(String(range))
            return script.count > 1 ? script.removeFirst() : script[0]
        }
        let start = Int(range.drop { !$0.isNumber }.prefix { $0.isNumber }) ?? 0
        switch behaviour {
        case .serve: serve(connection, from: start, limit: .max, extra: "")
        case .drop(let count): serve(connection, from: start, limit: count, extra: "")
        case .ignoreRange: serve(connection, from: 0, limit: .max, extra: "")
        case .status(let line, let header):
            let lines = ["HTTP/1.1 \(line)"] + header + ["Content-Length: 0", "Connection: close", "", ""]
            send([UInt8](lines.joined(separator: "\r\n").utf8), connection)
        case .serveWith(let line): serve(connection, from: 0, limit: .max, extra: line + "\r\n")
        }
    }

    private func serve(_ connection: Int32, from start: Int, limit: Int, extra: String) {
        if start >= content.count {
            let header = "HTTP/1.1 416 Range Not Satisfiable\r\nContent-Range: bytes */\(content.count)\r\n"
            send([UInt8]((header + "Content-Length: 0\r\nConnection: close\r\n\r\n").utf8), connection)
            return
        }
        let status =
            start > 0
            ? "206 Partial Content\r\nContent-Range: bytes \(start)-\(content.count - 1)/\(content.count)" : "200 OK"
        let header =
            "HTTP/1.1 \(status)\r\n\(extra)Content-Length: \(content.count - start)\r\nConnection: close\r\n\r\n"
        send([UInt8](header.utf8) + content[start...].prefix(limit), connection)
    }

    private func readRequest(_ connection: Int32) -> String {
        var bytes = [UInt8]()
        var buffer = [UInt8](repeating: 0, count: 4096)
        while !bytes.suffix(4).elementsEqual("\r\n\r\n".utf8) {
            let count = recv(connection, &buffer, buffer.count, 0)
            if count <= 0 { return "" }
            bytes += buffer[..<count]
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    private func send(_ bytes: [UInt8], _ connection: Int32) {
        var sent = 0
        while sent < bytes.count {
            let count = bytes[sent...].withUnsafeBytes {
                Foundation.send(connection, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            if count <= 0 { return }
            sent += count
        }
    }
}
