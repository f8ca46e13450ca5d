import Crypto
import Foundation
import Specs

/// What a request may do.
public enum Access: Sendable, Comparable {
    /// Read runs, curves and reports.
    case read
    /// Also submit runs and act on them.
    case change
}

/// The two secrets of a lab's service: one for everything, one for reading only. They are stored in the lab's folder, for its owner's eyes
/// alone.
public struct AccessTokens: Sendable {
    public let change: String
    public let read: String

    public init(change: String, read: String) { (self.change, self.read) = (change, read) }

    /// The tokens in a lab's folder: `service-token` and `service-token-read-only`, which are made if they are missing. Throws
    /// `ServiceError.cannotWrite`.
    public init(inLab folder: URL) throws {
        change = try Self.token(in: folder.appending(path: "service-token"))
        read = try Self.token(in: folder.appending(path: "service-token-read-only"))
    }

    /// What a token allows; nil if it is none. Takes the same time for every token of the same length.
    public func access(of token: some StringProtocol) -> Access? {
        let isChange = Self.isEqual(token, change), isRead = Self.isEqual(token, read)
        return isChange ? .change : isRead ? .read : nil
    }

    /// The name of the page's cookie. Cookies do not distinguish ports, so the services of two labs on one host need different ones.
    var cookie: String { "pcnlab-" + SHA256.hash(data: Data(change.utf8)).prefix(4).map { String(format: "%02x", $0) }.joined() }

    private static func isEqual(_ left: some StringProtocol, _ right: String) -> Bool {
        let left = Array(left.utf8), right = Array(right.utf8)
        guard left.count == right.count else { return false }
        return zip(left, right).reduce(0) { $0 | ($1.0 ^ $1.1) } == 0
    }

    /// Reads a token, or makes one. Of several processes that make it together, all get the same.
    private static func token(in file: URL) throws -> String {
        if let known = stored(in: file) { return known }
        let failure = { ServiceError.cannotWrite(path: file.relativePath, reason: String(cString: strerror(errno))) }
        let bytes = Data((0..<24).map { _ in UInt8.random(in: 0...255) })
        let token = bytes.base64EncodedString().replacing("+", with: "-").replacing("/", with: "_")
        let temporary = file.path + ".\(UUID().uuidString).tmp", line = Array((token + "\n").utf8)
        let descriptor = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw failure() }
        defer { unlink(temporary) }
        let written = write(descriptor, line, line.count)
        guard close(descriptor) == 0, written == line.count else { throw failure() }
        if ExclusiveRename.rename(temporary, to: file.path) { return token }
        if errno == EEXIST, let known = stored(in: file) { return known }
        // What is there is no token: an empty file, for example.
        guard rename(temporary, file.path) == 0 else { throw failure() }
        return token
    }

    private static func stored(in file: URL) -> String? {
        let text = try? String(contentsOf: file, encoding: .utf8).trimmingCharacters(in: .whitespacesAndNewlines)
        return text.flatMap { $0.utf8.count >= 32 ? $0 : nil }
    }
}

/// Why a service cannot start, as data.
public enum ServiceError: Error, Equatable, CustomStringConvertible {
    case cannotWrite(path: String, reason: String)
    case cannotListen(address: String, reason: String)

    public var description: String {
        switch self {
        case .cannotWrite(let path, let reason): "cannot write \(path): \(reason)"
        case .cannotListen(let address, let reason):
            "cannot listen on \(address): \(reason); another process may use it: give --port, or --socket PATH"
        }
    }
}
