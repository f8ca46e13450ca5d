import Foundation

/// The reason why a download failed.
public enum FetchError: Error, Equatable, Sendable {
    /// An address that is not https, except on this machine.
    case insecureAddress(URL)
    /// The server responded with an error status.
    case httpStatus(url: URL, code: Int)
    /// The server cannot be reached; `detail` is the system's message.
    case noConnection(url: URL, detail: String)
    /// The connection was lost more often than the limit; the bytes received so far are kept.
    case interrupted(url: URL, received: Int64, attempts: Int, detail: String)
    /// The received file is not the official one; it has been removed.
    case wrongDigest(url: URL, expected: String, found: String)
    /// The server sends more than the official file has; the received bytes have been removed.
    case tooLong(url: URL, limit: Int64)
    /// The server sends the file in an encoding that was not requested.
    case unexpectedEncoding(url: URL, encoding: String)
    /// The file system is full.
    case diskFull(path: String)
    /// The file or its folder cannot be written; `code` is errno.
    case cannotWrite(path: String, code: Int32)
    /// Another process is fetching the same file.
    case busy(path: String)
}

extension FetchError: CustomStringConvertible {
    /// One sentence: what is wrong, and what to do.
    public var description: String {
        switch self {
        case .insecureAddress(let url):
            "\(url): only https addresses are fetched"
        case .httpStatus(let url, let code):
            "\(url): the server responded with status \(code); try again later, or put the file in place by hand"
        case .noConnection(let url, let detail):
            "\(url): no connection: \(detail); check the network, or put the file in place by hand"
        case .interrupted(let url, let received, let attempts, let detail):
            "\(url): the connection was lost after \(received) bytes in \(attempts) consecutive attempts: \(detail); "
                + "run the same command again to resume"
        case .wrongDigest(let url, let expected, let found):
            "\(url): the file's MD5 is \(found), the official one is \(expected); it was removed: fetch it again"
        case .tooLong(let url, let limit):
            "\(url): the server sends more than the \(limit) bytes of the official file; put the file in place by hand"
        case .unexpectedEncoding(let url, let encoding):
            "\(url): the server sends the file encoded as \(encoding), which was not requested; put the file in place by hand"
        case .diskFull(let path):
            "\(path): the file system is full; free some space and run the same command again"
        case .cannotWrite(let path, let code):
            "\(path): cannot be written: \(String(cString: strerror(code))); check the folder's permissions"
        case .busy(let path):
            "\(path): another process is fetching it; wait until it is done"
        }
    }

    /// Whether the same request may succeed later.
    var isPassing: Bool {
        switch self {
        case .interrupted, .noConnection: true
        case .httpStatus(_, let code): [408, 429, 500, 502, 503, 504].contains(code)
        case .insecureAddress, .wrongDigest, .tooLong, .unexpectedEncoding, .diskFull, .cannotWrite, .busy: false
        }
    }
}

extension FetchError: LocalizedError {
    /// The same sentence, for Foundation's `localizedDescription`.
    public var errorDescription: String? { description }
}
