import Hummingbird

/// Refuses requests whose `Host` is not a name of this service, so that no page of another site can reach it by a name that resolves to
/// this machine (DNS rebinding).
struct HostGuard: RouterMiddleware {
    typealias Context = ServiceContext

    /// Lower-case names without a port.
    private let names: Set<String>

    /// - Parameter allowed: names of `--allowed-host`, besides those of the loopback interface.
    init(allowed: [String]) {
        names = Set(["localhost", "127.0.0.1", "::1"] + allowed.map { Self.name($0.lowercased()) })
    }

    func handle(_ request: Request, context: Context, next: (Request, Context) async throws -> Response) async throws -> Response
    {
        let host = request.head.authority ?? request.headers[.init("Host")!] ?? ""
        guard names.contains(Self.name(host.lowercased())) else {
            let detail = "the host name \(host.debugDescription) is not allowed; start the service with --allowed-host NAME"
            return Problem(.forbidden, detail).response
        }
        var context = context
        context.host = host.lowercased()
        return try await next(request, context)
    }

    /// The host without its port: an IPv6 address stands in brackets before one.
    static func name(_ host: String) -> String {
        if host.hasPrefix("[") { return String(host.dropFirst().prefix { $0 != "]" }) }
        // An IPv6 address without brackets has several colons.
        if host.count(where: { $0 == ":" }) > 1 { return host }
        return String(host.prefix { $0 != ":" })
    }
}
