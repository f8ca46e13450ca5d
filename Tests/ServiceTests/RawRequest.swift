import Foundation

/// A connection to a service, over which tests send bytes that no client library would.
final class RawConnection {
    private let descriptor: Int32

    /// To a port of the loopback interface.
    init(port: Int) throws {
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = UInt16(port).bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        let size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let result = withUnsafePointer(to: address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { connect(descriptor, $0, size) }
        }
        guard result == 0 else { throw POSIXError(.init(rawValue: errno) ?? .EIO) }
    }

    deinit { close(descriptor) }

    /// Returns false where the other end has closed the connection.
    @discardableResult
    func send(_ text: String) -> Bool { send(Array(text.utf8)) }

    @discardableResult
    func send(_ bytes: [UInt8]) -> Bool {
        var sent = 0
        while sent < bytes.count {
            let count = bytes.withUnsafeBytes {
                Foundation.send(descriptor, $0.baseAddress! + sent, bytes.count - sent, Int32(MSG_NOSIGNAL))
            }
            if count <= 0 { return false }
            sent += count
        }
        return true
    }

    /// What arrives until `isEnough`, the other end closes, or the seconds are over.
    func receive(seconds: Double = 120, until isEnough: (String) -> Bool = { _ in false }) -> (text: String, isClosed: Bool) {
        var bytes: [UInt8] = [], part = [UInt8](repeating: 0, count: 1 << 16)
        let end = Date(timeIntervalSinceNow: seconds)
        while true {
            let left = end.timeIntervalSinceNow
            if left <= 0 { return (String(decoding: bytes, as: UTF8.self), false) }
            var ready = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
            if poll(&ready, 1, Int32(left * 1000) + 1) <= 0 { continue }
            let count = recv(descriptor, &part, part.count, 0)
            if count <= 0 { return (String(decoding: bytes, as: UTF8.self), true) }
            bytes += part[..<count]
            let text = String(decoding: bytes, as: UTF8.self)
            if isEnough(text) { return (text, false) }
        }
    }
}

/// An answer as it came.
struct RawAnswer {
    let status: Int
    /// By lower-case name.
    let headers: [String: String]
    let body: String

    init(_ text: String) {
        let parts = text.components(separatedBy: "\r\n\r\n")
        let lines = parts[0].components(separatedBy: "\r\n")
        status = lines[0].split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0
        headers = Dictionary(
            lines.dropFirst().compactMap { line in
                guard let colon = line.firstIndex(of: ":") else { return nil }
                let value = line[line.index(after: colon)...].trimmingCharacters(in: .whitespaces)
                return (line[..<colon].lowercased(), value)
            }, uniquingKeysWith: { $0 + ", " + $1 })
        body = parts.dropFirst().joined(separator: "\r\n\r\n")
    }
}
