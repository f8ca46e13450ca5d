import HTTPTypes
import Hummingbird

/// Refuses bodies that are announced as too large. They are not waited for.
struct SizeGuard: RouterMiddleware {
    typealias Context = ServiceContext

    func handle(_ request: Request, context: Context, next: (Request, Context) async throws -> Response) async throws -> Response
    {
        if let length = request.headers[.contentLength], Int(length).map({ $0 > Limits.body }) ?? true {
            var response = Problem(.contentTooLarge, "a body has \(Limits.body >> 20) MiB at most").response
            response.headers[.connection] = "close"
            return response
        }
        return try await next(request, context)
    }
}
