import Foundation

#if canImport(FoundationNetworking)
    import FoundationNetworking
#endif

/// A request for the missing rest of a file, streamed to its `.part`.
///
/// Until ``run()`` returns, all state is confined to the session's delegate queue, which runs one callback at a time.
final class Transfer: NSObject, URLSessionDataDelegate, @unchecked Sendable {
    private let url: URL
    private let file: PartialFile
    private let limit: Int64
    private let idleTimeout: TimeInterval
    private let received: (_ total: Int64?) -> Void
    private let done = DispatchSemaphore(value: 0)
    private var total: Int64?
    private var isComplete = false
    private var failure: (any Error)?

    /// - Parameters:
    ///   - limit: maximum size in bytes; the transfer is cancelled if the server sends more.
    ///   - received: called after each write, with the size of the whole file if the server gives it.
    init(
        url: URL, file: PartialFile, limit: Int64, idleTimeout: TimeInterval, received: @escaping (_ total: Int64?) -> Void
    ) {
        self.url = url
        self.file = file
        self.limit = limit
        self.idleTimeout = idleTimeout
        self.received = received
    }

    /// Blocks until the file is complete.
    /// - Throws: ``FetchError``; the bytes received until then are in the file.
    func run() throws {
        let settings = URLSessionConfiguration.ephemeral
        settings.urlCache = nil
        settings.timeoutIntervalForRequest = idleTimeout
        let queue = OperationQueue()
        queue.maxConcurrentOperationCount = 1
        let session = URLSession(configuration: settings, delegate: self, delegateQueue: queue)
        var request = URLRequest(url: url, cachePolicy: .reloadIgnoringLocalCacheData, timeoutInterval: idleTimeout)
        // Request the file without content encoding: ranges and the MD5 refer to its own bytes.
        request.setValue("identity", forHTTPHeaderField: "Accept-Encoding")
        if file.count > 0 { request.setValue("bytes=\(file.count)-", forHTTPHeaderField: "Range") }
        session.dataTask(with: request).resume()
        done.wait()
        session.invalidateAndCancel()
        if let failure { throw failure }
    }

    func urlSession(
        _ session: URLSession, dataTask: URLSessionDataTask, didReceive response: URLResponse,
        completionHandler: @escaping (URLSession.ResponseDisposition) -> Void
    ) {
        // A refused redirect arrives here as a response, too.
        if failure != nil { return completionHandler(.cancel) }
        do {
            completionHandler(try accept(response) ? .allow : .cancel)
        } catch {
            failure = error
            completionHandler(.cancel)
        }
    }

    /// - Returns: whether to receive the body.
    private func accept(_ response: URLResponse) throws -> Bool {
        guard let response = response as? HTTPURLResponse else { return false }
        let range = ContentRange(response.value(forHTTPHeaderField: "Content-Range") ?? "")
        if let encoding = response.value(forHTTPHeaderField: "Content-Encoding"), encoding.lowercased() != "identity" {
            throw FetchError.unexpectedEncoding(url: url, encoding: encoding)
        }
        switch response.statusCode {
        case 200:
            try file.restart()
            total = response.expectedContentLength >= 0 ? response.expectedContentLength : nil
            return true
        case 206 where range?.start == file.count:
            total = range?.total
            return true
        case 416 where range?.total == file.count && file.count > 0:
            total = file.count
            isComplete = true
            return false
        case 206, 416:
            // The partial file does not match the server's: the next attempt starts from zero.
            try file.restart()
            throw FetchError.interrupted(url: url, received: 0, attempts: 1, detail: "the server's range does not fit")
        default: throw FetchError.httpStatus(url: url, code: response.statusCode)
        }
    }

    func urlSession(_ session: URLSession, dataTask: URLSessionDataTask, didReceive data: Data) {
        guard failure == nil else { return }
        do {
            guard file.count + Int64(data.count) <= limit else {
                try file.restart()
                throw FetchError.tooLong(url: url, limit: limit)
            }
            try file.append(data)
            received(total)
        } catch {
            failure = error
            dataTask.cancel()
        }
    }

    func urlSession(
        _ session: URLSession, task: URLSessionTask, willPerformHTTPRedirection response: HTTPURLResponse,
        newRequest request: URLRequest, completionHandler: @escaping (URLRequest?) -> Void
    ) {
        if let target = request.url, Fetcher.isSafe(target) { return completionHandler(request) }
        failure = FetchError.insecureAddress(request.url ?? url)
        completionHandler(nil)
    }

    func urlSession(_ session: URLSession, task: URLSessionTask, didCompleteWithError error: (any Error)?) {
        defer { done.signal() }
        if failure != nil || isComplete { return }
        if let error {
            failure = Self.describe(error, url, file.count)
        } else if let total, file.count < total {
            failure = FetchError.interrupted(
                url: url, received: file.count, attempts: 1, detail: "the server closed the connection early")
        }
    }

    private static func describe(_ error: any Error, _ url: URL, _ received: Int64) -> FetchError {
        let detail = error.localizedDescription
        let unreachable: [URLError.Code] = [
            .cannotFindHost, .cannotConnectToHost, .dnsLookupFailed, .notConnectedToInternet, .secureConnectionFailed,
            .serverCertificateUntrusted, .serverCertificateHasBadDate, .serverCertificateHasUnknownRoot,
        ]
        if let code = (error as? URLError)?.code, unreachable.contains(code) {
            return .noConnection(url: url, detail: detail)
        }
        return .interrupted(url: url, received: received, attempts: 1, detail: detail)
    }
}

/// The `Content-Range` header: `bytes 5-9/10`, or `bytes */10` beside status 416.
struct ContentRange: Equatable {
    /// Offset of the first byte that is sent.
    let start: Int64?
    /// Size of the whole file.
    let total: Int64?

    init?(_ header: String) {
        let words = header.split(separator: " ")
        guard words.count == 2, words[0].lowercased() == "bytes" else { return nil }
        let parts = words[1].split(separator: "/")
        guard parts.count == 2 else { return nil }
        start = parts[0].split(separator: "-").first.flatMap { Int64($0) }
        total = Int64(parts[1])
    }
}
