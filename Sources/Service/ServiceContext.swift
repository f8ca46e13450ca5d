import Hummingbird

/// What is known of a request while it is answered.
struct ServiceContext: RequestContext {
    var coreContext: CoreRequestContextStorage
    /// What the request's token allows; nil before it is checked, and for what needs none.
    var access: Access?
    /// The origin of the URL by which the client names the service: the scheme is not known behind a proxy.
    var host = ""

    init(source: ApplicationRequestContextSource) { coreContext = .init(source: source) }

    /// A body is limited by `Limits` before it is read.
    var maxUploadSize: Int { Limits.body }
}

/// Limits of what a client may send.
enum Limits {
    /// Bytes of a request's body.
    static let body = 2 << 20
    /// Bytes of all header fields of a request, and of each.
    static let headers = 16 << 10
    /// Seconds after which an idle connection is closed, or one on which a request arrives too slowly.
    static let idleSeconds: Int64 = 30
    static let connections = 1000
}
