import Foundation
import Synchronization

#if canImport(FoundationNetworking)
    import FoundationNetworking
#endif

/// Requests to a service, one at a time. An answer that is a problem document is thrown as the failure that it describes, with its exit
/// code.
package struct ServiceClient: Sendable {
    package let address: ServiceAddress
    private let token: String?
    private let session: URLSession

    /// Seconds without a byte after which a request is given up.
    private static let patience: TimeInterval = 60

    package init(_ address: ServiceAddress, token: String?) {
        (self.address, self.token) = (address, token)
        let settings = URLSessionConfiguration.ephemeral
        settings.urlCache = nil
        settings.timeoutIntervalForRequest = Self.patience
        // The token is for this service alone.
        session = URLSession(configuration: settings, delegate: NoRedirects(), delegateQueue: nil)
    }

    /// An answer with a status from 200 to 299.
    package struct Answer: Sendable {
        package let body: Data
        /// By lower-case name.
        package let headers: [String: String]
    }

    /// - Parameter parameters: in their order; a name may occur several times.
    package func get<Value: Decodable>(_ path: String, _ parameters: [(String, String)] = []) throws -> Value {
        try Self.decoded(send("GET", path, parameters).body, address)
    }

    package func send<Value: Decodable>(_ method: String, _ path: String, json: some Encodable) throws -> Value {
        try Self.decoded(send(method, path, body: JSONEncoder().encode(json)).body, address)
    }

    package func send(_ method: String, _ path: String, _ parameters: [(String, String)] = [], body: Data? = nil) throws -> Answer
    {
        var text = "\(address.text)/api/v1/\(path)"
        if !parameters.isEmpty { text += "?" + parameters.map { "\($0.0)=\(Self.escaped($0.1))" }.joined(separator: "&") }
        guard let url = URL(string: text) else { throw Failure("\(text): is no URL", status: .usage) }
        var request = URLRequest(url: url, cachePolicy: .reloadIgnoringLocalCacheData, timeoutInterval: Self.patience)
        request.httpMethod = method
        if let token { request.setValue("Bearer \(token)", forHTTPHeaderField: "Authorization") }
        if let body {
            request.httpBody = body
            request.setValue("application/json", forHTTPHeaderField: "Content-Type")
        }
        let (data, response) = try answer(to: request)
        if (200..<300).contains(response.statusCode) {
            var headers: [String: String] = [:]
            for (name, value) in response.allHeaderFields { headers["\(name)".lowercased()] = "\(value)" }
            return Answer(body: data, headers: headers)
        }
        throw failure(response.statusCode, data)
    }

    private func answer(to request: URLRequest) throws -> (Data, HTTPURLResponse) {
        let result = Mutex<(Data?, URLResponse?, (any Error)?)>((nil, nil, nil)), done = DispatchSemaphore(value: 0)
        session.dataTask(with: request) { data, response, error in
            result.withLock { $0 = (data, response, error) }
            done.signal()
        }.resume()
        done.wait()
        let (data, response, error) = result.withLock { $0 }
        guard error == nil, let response = response as? HTTPURLResponse else {
            let reason = (error as? URLError).map(Self.reason) ?? error.map { "\($0)" } ?? "no answer"
            throw Failure(
                "no connection to \(address.text): \(reason); is `pcnlab serve` running there?", status: .unavailable)
        }
        return (data ?? Data(), response)
    }

    private struct ProblemDocument: Decodable {
        let detail: String
        let exitCode: Int32?

        private enum CodingKeys: String, CodingKey {
            case detail
            case exitCode = "exit_code"
        }
    }

    private func failure(_ status: Int, _ body: Data) -> Failure {
        let problem = try? JSONDecoder().decode(ProblemDocument.self, from: body)
        if let problem, let code = problem.exitCode { return Failure(problem.detail, status: ExitStatus(code)) }
        let login = "`pcnlab login \(address.text)` stores one"
        switch (status, problem) {
        case (401, .some) where token == nil: return Failure("\(address.text) wants a token; \(login)", status: .unavailable)
        case (401, .some): return Failure("\(address.text) does not know this token; \(login)", status: .unavailable)
        case (403, .some(let problem)):
            return Failure("\(address.text): \(problem.detail); \(login) that may change the lab", status: .unavailable)
        case (_, .some(let problem)): return Failure("\(address.text): \(problem.detail)", status: .unavailable)
        case (_, nil):
            return Failure(
                "\(address.text) answers with status \(status), and not as `pcnlab serve` does; is the address right?",
                status: .unavailable)
        }
    }

    private static func decoded<Value: Decodable>(_ body: Data, _ address: ServiceAddress) throws -> Value {
        let decoder = JSONDecoder()
        decoder.nonConformingFloatDecodingStrategy = .convertFromString(
            positiveInfinity: "Infinity", negativeInfinity: "-Infinity", nan: "NaN")
        do {
            return try decoder.decode(Value.self, from: body)
        } catch {
            throw Failure(
                "\(address.text) answers in a way that this pcnlab does not know; use the same version on both machines",
                status: .unavailable)
        }
    }

    private static func escaped(_ value: String) -> String {
        let plain = CharacterSet(charactersIn: "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~,")
        return value.addingPercentEncoding(withAllowedCharacters: plain) ?? value
    }

    private static func reason(_ error: URLError) -> String {
        switch error.code {
        case .cannotFindHost, .dnsLookupFailed: "its name is not known"
        case .cannotConnectToHost: "it refuses the connection"
        case .timedOut: "it does not answer"
        case .networkConnectionLost: "the connection was lost"
        case .serverCertificateUntrusted, .secureConnectionFailed: "its certificate is not trusted"
        default: "the request failed with error \(error.errorCode)"
        }
    }
}

/// Follows no redirect: the next place would be given the token.
private final class NoRedirects: NSObject, URLSessionTaskDelegate, Sendable {
    func urlSession(
        _ session: URLSession, task: URLSessionTask, willPerformHTTPRedirection response: HTTPURLResponse,
        newRequest request: URLRequest, completionHandler: @escaping (URLRequest?) -> Void
    ) { completionHandler(nil) }
}
