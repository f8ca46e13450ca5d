import Hummingbird
import Logging
import Synchronization

/// Counts requests and their time by route, for `/metrics`, and logs what was refused or changed something.
final class RequestCounts: Sendable {
    struct Entry {
        var count = 0
        var seconds = 0.0
        /// Requests by the upper bounds of `buckets`, cumulated.
        var buckets = [Int](repeating: 0, count: RequestCounts.buckets.count)
    }

    struct Key: Hashable, Comparable {
        let method: String
        let route: String
        let status: Int

        static func < (left: Key, right: Key) -> Bool {
            (left.route, left.method, left.status) < (right.route, right.method, right.status)
        }
    }

    /// Upper bounds in seconds.
    static let buckets = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 5]

    private let entries = Mutex<[Key: Entry]>([:])

    func record(_ key: Key, seconds: Double) {
        entries.withLock { entries in
            var entry = entries[key] ?? Entry()
            entry.count += 1
            entry.seconds += seconds
            for (index, bound) in Self.buckets.enumerated() where seconds <= bound { entry.buckets[index] += 1 }
            entries[key] = entry
        }
    }

    var all: [(key: Key, entry: Entry)] { entries.withLock { $0.sorted { $0.key < $1.key }.map { ($0.key, $0.value) } } }
}

struct RequestLog: RouterMiddleware {
    typealias Context = ServiceContext

    let counts: RequestCounts
    let logger: Logger

    func handle(_ request: Request, context: Context, next: (Request, Context) async throws -> Response) async throws -> Response
    {
        let start = ContinuousClock.now
        let response: Response
        do {
            response = try await next(request, context)
        } catch let problem as Problem {
            response = problem.response
        } catch let error as any HTTPResponseError {
            response = Problem(error.status, "\(error.status.reasonPhrase)").response
        } catch {
            logger.error("\(request.method.rawValue) \(request.uri.path): \(error)")
            response = Problem(.internalServerError, "an error of the service; its log says which").response
        }
        let elapsed = start.duration(to: .now)
        let seconds = Double(elapsed.components.seconds) + Double(elapsed.components.attoseconds) * 1e-18
        // The route, not the path: ids would make an entry each.
        let route = context.endpointPath ?? "none"
        counts.record(.init(method: request.method.rawValue, route: route, status: response.status.code), seconds: seconds)
        if request.method != .get || response.status.code >= 400 {
            let text = "\(request.method.rawValue) \(request.uri.path) \(response.status.code) \(Int(seconds * 1000)) ms"
            logger.info("\(text)")
        }
        return response
    }
}
