import Foundation
import Synchronization

/// Times of requests to a service of the lab at a fixed rate, while a worker of one thread trains.
enum ServiceTimes {
    /// Requests a second, over all connections.
    private static let rate = 500.0
    private static let connections = 8
    private static let seconds = 10.0
    private static let port: UInt16 = 17_878

    struct Failure: Error { let text: String }

    static func checks(_ tiny: LoadedLab, _ large: LoadedLab) throws -> [LoadCheck] {
        var times: [String: [[Double]]] = [:]
        for lab in [tiny, large] {
            let server = ProgramTimes.process(["serve", "--port", "\(port)"], in: lab)
            let worker = ProgramTimes.process(["work", "--threads", "1"], in: lab)
            try server.run()
            try worker.run()
            defer {
                for process in [server, worker] {
                    process.terminate()
                    process.waitUntilExit()
                }
            }
            let token = try token(lab, server)
            for path in paths {
                Terminal.note("load: \(path) at \(Int(rate)) requests a second")
                times[path, default: []].append(try measure(path, token))
            }
        }
        return paths.map { path in
            LoadCheck(
                title: "99 of 100 GET \(path), \(Int(rate)) a second beside a worker", limit: 0.02,
                tiny: [times[path]?[0].p99 ?? 0],
                large: [times[path]?[1].p99 ?? 0])
        }
    }

    private static let paths = ["/api/v1/summary", "/api/v1/runs"]

    /// Waits until the service answers.
    private static func token(_ lab: LoadedLab, _ server: Process) throws -> String {
        let file = lab.folder.appending(path: "service-token")
        for _ in 0..<200 {
            Thread.sleep(forTimeInterval: 0.05)
            guard let token = try? String(contentsOf: file, encoding: .utf8).trimmingCharacters(in: .newlines) else { continue }
            if let socket = try? Connection(port: port), (try? socket.get("/api/v1/summary", token)) == 200 { return token }
        }
        throw Failure(text: "the service does not answer")
    }

    /// The seconds of each request, from the time at which it was due.
    private static func measure(_ path: String, _ token: String) throws -> [Double] {
        let all = Mutex<[Double]>([]), failure = Mutex<String?>(nil)
        let start = Timing.now() + 0.1
        DispatchQueue.concurrentPerform(iterations: connections) { number in
            do {
                let connection = try Connection(port: port)
                var mine: [Double] = []
                for request in 0... {
                    let due = start + (Double(request) + Double(number) / Double(connections)) * Double(connections) / rate
                    if due > start + seconds { break }
                    let left = due - Timing.now()
                    if left > 0 { Thread.sleep(forTimeInterval: left) }
                    let status = try connection.get(path, token)
                    guard status == 200 else { throw Failure(text: "\(path): status \(status)") }
                    mine.append(Timing.now() - due)
                }
                all.withLock { $0 += mine }
            } catch { failure.withLock { $0 = "\(error)" } }
        }
        if let text = failure.withLock({ $0 }) { throw Failure(text: text) }
        return all.withLock { $0 }
    }
}

private enum Timing {
    static func now() -> Double { Double(DispatchTime.now().uptimeNanoseconds) / 1e9 }
}

extension [Double] {
    fileprivate var p99: Double { isEmpty ? 0 : sorted()[Int(Double(count - 1) * 0.99)] }
}

/// A connection that is kept open for many requests.
private final class Connection {
    private let socket: Int32

    init(port: UInt16) throws {
        socket = Foundation.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        let result = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(socket, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard result == 0 else {
            close(socket)
            throw ServiceTimes.Failure(text: "cannot connect")
        }
    }

    deinit { close(socket) }

    /// Sends a request and reads the whole answer. Returns its status.
    func get(_ path: String, _ token: String) throws -> Int {
        let request = Array("GET \(path) HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer \(token)\r\n\r\n".utf8)
        guard send(socket, request, request.count, Int32(MSG_NOSIGNAL)) == request.count else {
            throw ServiceTimes.Failure(text: "the connection is closed")
        }
        var bytes: [UInt8] = [], part = [UInt8](repeating: 0, count: 1 << 16), length: Int?
        while true {
            if length == nil, let end = bytes.firstRange(of: [13, 10, 13, 10]) {
                let head = String(decoding: bytes[..<end.lowerBound], as: UTF8.self).lowercased()
                guard let match = head.firstMatch(of: /content-length: (\d+)/), let body = Int(match.1) else {
                    throw ServiceTimes.Failure(text: "an answer without a length")
                }
                length = end.upperBound + body
            }
            if let length, bytes.count >= length { break }
            let count = recv(socket, &part, part.count, 0)
            guard count > 0 else { throw ServiceTimes.Failure(text: "the connection was closed") }
            bytes += part[..<count]
        }
        return Int(String(decoding: bytes.dropFirst(9).prefix(3), as: UTF8.self)) ?? 0
    }
}
