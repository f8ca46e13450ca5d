import Hummingbird
import HTTPTypes

/// Requires a token: as `Authorization: Bearer`, or in the cookie that `POST /api/v1/session` sets.
struct AccessGuard: RouterMiddleware {
    typealias Context = ServiceContext

    /// The cookie of earlier versions, which is accepted too.
    static let earlierCookie = "pcnlab"

    let tokens: AccessTokens
    /// Whether nothing may be changed, whatever the token.
    let isReadOnly: Bool

    func handle(_ request: Request, context: Context, next: (Request, Context) async throws -> Response) async throws -> Response
    {
        guard let access = access(of: request) else {
            var response = Problem(
                .unauthorized,
                "a token is needed: `pcnlab serve` prints a URL with it; programs send it as `Authorization: Bearer TOKEN`"
            ).response
            response.headers[.wwwAuthenticate] = "Bearer"
            return response
        }
        if request.method != .get, request.method != .head, access < .change {
            return Problem(.forbidden, isReadOnly ? "this service only shows the lab" : "this token is for reading only").response
        }
        var context = context
        context.access = access
        return try await next(request, context)
    }

    /// What a request may do; nil without a valid token.
    func access(of request: Request) -> Access? {
        let cookies = request.cookies
        let given = Self.bearer(request).map { [$0] } ?? [tokens.cookie, Self.earlierCookie].compactMap { cookies[$0]?.value }
        return given.lazy.compactMap { tokens.access(of: $0) }.first.map { isReadOnly ? .read : $0 }
    }

    private static func bearer(_ request: Request) -> String? {
        guard let header = request.headers[.authorization], header.lowercased().hasPrefix("bearer ") else { return nil }
        return String(header.dropFirst("bearer ".count))
    }
}
