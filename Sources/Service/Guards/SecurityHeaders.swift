import Hummingbird
import HTTPTypes

/// Headers of every answer: no script of another origin runs on a page, no other page frames one, and no type is guessed.
struct SecurityHeaders: RouterMiddleware {
    typealias Context = ServiceContext

    static let policy =
        "default-src 'self'; img-src 'self' blob: data:; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"

    func handle(_ request: Request, context: Context, next: (Request, Context) async throws -> Response) async throws -> Response
    {
        var response = try await next(request, context)
        response.headers[.contentSecurityPolicy] = Self.policy
        response.headers[.init("X-Content-Type-Options")!] = "nosniff"
        response.headers[.init("Referrer-Policy")!] = "no-referrer"
        response.headers[.init("Cross-Origin-Resource-Policy")!] = "same-origin"
        return response
    }
}
