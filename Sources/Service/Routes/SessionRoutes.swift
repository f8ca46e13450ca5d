import Foundation
import HTTPTypes
import Hummingbird

/// Exchanges a token for a cookie that scripts of the page cannot read.
struct SessionRoutes {
    let tokens: AccessTokens

    private struct Given: Decodable { let token: String }
    private struct Granted: Encodable { let access: String }

    /// Routes that need no token.
    func addOpen(to group: RouterGroup<ServiceContext>) {
        group.post("session") { request, _ in
            let given: Given = try await request.json()
            guard tokens.access(of: given.token) != nil else { throw Problem(.unauthorized, "this is no token of the lab") }
            var response = Response(status: .noContent)
            response.setCookie(
                Cookie(
                    name: tokens.cookie, value: given.token, maxAge: 90 * 86_400, path: "/", httpOnly: true,
                    sameSite: .strict))
            return response
        }
        group.delete("session") { _, _ in
            var response = Response(status: .noContent)
            for name in [tokens.cookie, AccessGuard.earlierCookie] {
                response.setCookie(Cookie(name: name, value: "", maxAge: 0, path: "/", httpOnly: true, sameSite: .strict))
            }
            return response
        }
    }

    /// Routes that need a token or its cookie.
    func add(to group: RouterGroup<ServiceContext>) {
        group.get("session") { _, context in
            Answers.response(try Answers.encoded(Granted(access: context.access == .change ? "change" : "read")))
        }
    }
}
