import HTTPTypes
import Hummingbird

/// Refuses requests by their first lines: targets that are no path of this service, and bodies that are announced as too large, which are
/// not waited for.
struct RequestGuard: RouterMiddleware {
    typealias Context = ServiceContext

    func handle(_ request: Request, context: Context, next: (Request, Context) async throws -> Response) async throws -> Response
    {
        // A client that takes this service for a proxy sends a whole URL.
        guard let target = request.head.path, target.hasPrefix("/") else {
            return Problem(.badRequest, "ask for a path of this service, such as /api/v1/summary").response
        }
        if let length = request.headers[.contentLength], Int(length).map({ $0 > Limits.body }) ?? true {
            var response = Problem(.contentTooLarge, "a body has \(Limits.body >> 20) MiB at most").response
            response.headers[.connection] = "close"
            return response
        }
        return try await next(request, context)
    }
}
