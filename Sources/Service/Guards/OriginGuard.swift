import Hummingbird
import HTTPTypes

/// Refuses requests that change something and come from a page of another site, and those whose body is not JSON, which a form of another
/// site can send.
struct OriginGuard: RouterMiddleware {
    typealias Context = ServiceContext

    func handle(_ request: Request, context: Context, next: (Request, Context) async throws -> Response) async throws -> Response
    {
        switch request.method {
        case .get, .head: break
        case .post, .patch, .put, .delete:
            guard isOfThisSite(request, context) else {
                return Problem(.forbidden, "requests from pages of other sites may not change the lab").response
            }
            let type = request.headers[.contentType]?.prefix { $0 != ";" }.lowercased()
            guard type == "application/json" else {
                return Problem(.unsupportedMediaType, "send a body of the type application/json").response
            }
        default: return Problem(.methodNotAllowed, "\(request.method.rawValue) is not used here").response
        }
        return try await next(request, context)
    }

    private func isOfThisSite(_ request: Request, _ context: Context) -> Bool {
        // Every current browser sends it; programs send neither.
        if let site = request.headers[.init("Sec-Fetch-Site")!] { return site == "same-origin" || site == "none" }
        guard let origin = request.headers[.origin] else { return true }
        return origin.lowercased() == "http://\(context.host)" || origin.lowercased() == "https://\(context.host)"
    }
}
