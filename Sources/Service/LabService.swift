import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdCore
import Lab
import Logging
import NIOCore
import ServiceLifecycle

/// The HTTP service of a lab: its API, its event stream and its page.
public struct LabService: Sendable {
    public struct Configuration: Sendable {
        public var host: String
        public var port: Int
        /// A Unix socket, in place of host and port.
        public var socket: String?
        /// Names by which clients may address the service, besides those of the loopback interface.
        public var allowedHosts: [String]
        public var isReadOnly: Bool
        /// Whether runs whose worker is gone are queued again. Not needed where this process has workers, which do it.
        public var releasesAbandoned: Bool
        public var version: String

        public init(
            host: String = "127.0.0.1", port: Int = 7878, socket: String? = nil, allowedHosts: [String] = [],
            isReadOnly: Bool = false, releasesAbandoned: Bool = false,
            version: String
        ) {
            (self.host, self.port, self.socket, self.allowedHosts) = (host, port, socket, allowedHosts)
            (self.isReadOnly, self.releasesAbandoned, self.version) = (isReadOnly, releasesAbandoned, version)
        }

        /// The name under which `serve` prints its address, where it listens at one.
        var ownNames: [String] { ["0.0.0.0", "::"].contains(host) ? [] : [host] }
    }

    private let lab: Lab
    private let tokens: AccessTokens
    private let configuration: Configuration
    private let logger: Logger
    private let log: @Sendable (_ run: String, _ offset: Int) throws -> (text: String, next: Int, size: Int)

    /// - Parameter log: reads a run's log from an offset in bytes.
    public init(
        _ lab: Lab, tokens: AccessTokens, _ configuration: Configuration, logger: Logger,
        log: @escaping @Sendable (_ run: String, _ offset: Int) throws -> (text: String, next: Int, size: Int)
    ) {
        (self.lab, self.tokens, self.configuration, self.logger, self.log) = (lab, tokens, configuration, logger, log)
    }

    /// Serves until the task is cancelled or a graceful shutdown is asked for.
    /// - Parameter ready: called with the port when connections are accepted; nil for a socket.
    public func run(ready: @escaping @Sendable (Int?) -> Void, shutdown: @escaping @Sendable () async -> Void) async throws {
        let live = LiveUpdates(lab, releasesAbandoned: configuration.releasesAbandoned, logger: logger)
        let answers = Answers(lab, live: live, counts: RequestCounts())
        let address: BindAddress =
            configuration.socket.map { .unixDomainSocket(path: $0) } ?? .hostname(configuration.host, port: configuration.port)
        let socket = configuration.socket
        if let socket { try SocketFile.makeRoom(at: socket) }
        // The socket is its owner's from the moment it exists.
        let mask = socket.map { _ in umask(0o177) }
        let application = Application(
            router: router(answers),
            server: .http1(
                configuration: .init(
                    idleTimeout: .seconds(Limits.idleSeconds),
                    httpDecoderConfiguration: .init(
                        maxHeaderFieldSize: Limits.headers, maxHeaderListSize: Limits.headers, maxHeaderFieldCount: 100))),
            configuration: .init(
                address: address, serverName: nil,
                availableConnectionsDelegate: MaximumAvailableConnections(Limits.connections)),
            onServerRunning: { channel in
                if let mask { umask(mask) }
                ready(channel.localAddress?.port)
            },
            logger: logger)
        let ending = Ending(wait: shutdown)
        var group = ServiceGroupConfiguration(
            services: [
                .init(service: live), .init(service: application),
                .init(service: ending, successTerminationBehavior: .gracefullyShutdownGroup),
            ], logger: logger)
        group.maximumGracefulShutdownDuration = .seconds(4)
        do {
            try await ServiceGroup(configuration: group).run()
        } catch let error as IOError {
            let name = socket ?? "\(configuration.host):\(configuration.port)"
            throw ServiceError.cannotListen(address: name, reason: String(cString: strerror(error.errnoCode)))
        } catch is SocketAddressError.UnknownHost {
            throw ServiceError.cannotListen(
                address: "\(configuration.host):\(configuration.port)", reason: "no such host is known here")
        }
    }

    /// Ends when a shutdown is asked for.
    private struct Ending: Service {
        let wait: @Sendable () async -> Void
        func run() async throws {
            await withTaskGroup(of: Void.self) { group in
                group.addTask { await wait() }
                group.addTask { try? await gracefulShutdown() }
                await group.next()
                group.cancelAll()
            }
        }
    }

    func router(_ answers: Answers) -> Router<ServiceContext> {
        let router = Router(context: ServiceContext.self)
        router.add(middleware: SecurityHeaders())
        router.add(middleware: RequestLog(counts: answers.counts, logger: logger))
        router.add(middleware: SizeGuard())
        router.add(middleware: HostGuard(allowed: configuration.allowedHosts + configuration.ownNames))
        router.add(middleware: OriginGuard())
        PageRoutes().add(to: router)
        let access = AccessGuard(tokens: tokens, isReadOnly: configuration.isReadOnly)
        let session = SessionRoutes(tokens: tokens)
        session.addOpen(to: router.group("api/v1"))
        MetricsRoute(answers: answers, version: configuration.version).add(to: router.group().add(middleware: access))
        let group = router.group("api/v1").add(middleware: access)
        session.add(to: group)
        SummaryRoutes(answers: answers, version: configuration.version).add(to: group)
        RunRoutes(answers: answers, log: log).add(to: group)
        LabRoutes(answers: answers).add(to: group)
        ActionRoutes(answers: answers).add(to: group)
        ClientRoutes(answers: answers).add(to: group)
        DescriptionRoutes().add(to: group)
        StreamRoute(answers: answers, server: UUID().uuidString).add(to: group)
        return router
    }
}
