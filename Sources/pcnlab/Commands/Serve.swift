import ArgumentParser
import Foundation
import Lab
import Logging
import Operations
import Service
import Synchronization

struct Serve: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Serve the lab: an HTTP API and a page.",
        discussion: """
            Prints the page's address, with the lab's token, on the standard output. The token is stored in the lab with mode 0600; a second \
            one, service-token-read-only, is for reading. Anyone who has a token can use the service: it listens on the loopback interface \
            unless --host says otherwise, and answers only to names of it and those that --allowed-host gives.

            With --workers it also trains what is queued. Any number of `pcnlab work` may train beside it. SIGTERM ends streams, finishes \
            requests and stops runs at their next batch, with a checkpoint.
            """)

    @OptionGroup var lab: LabOption

    @Option(help: "The address to listen on.")
    var host = "127.0.0.1"

    @Option(help: "The port to listen on; 0 for any that is free.")
    var port: UInt16 = 7878

    @Option(help: "Listen on a Unix socket, of mode 0600, in place of host and port.", completion: .file())
    var socket: String?

    @Option(
        name: .customLong("allowed-host"), help: "A name by which clients may address the service; may be given more than once.")
    var allowedHosts: [String] = []

    @Option(help: "Train what is queued too: runs trained at a time.")
    var workers: ParallelCount?

    @Option(help: "Threads of each run (default: all cores, divided among the workers).")
    var threads: ParallelCount?

    @Flag(help: "Train nothing; the default.")
    var noWorkers = false

    @Flag(help: "Change nothing, whatever the token.")
    var readOnly = false

    func validate() throws {
        if noWorkers, workers != nil { throw ValidationError("give --workers or --no-workers, not both") }
        if threads != nil, workers == nil { throw ValidationError("--threads is for workers: give --workers too") }
    }

    func run() throws {
        BrokenPipes.survive()
        try reporting {
            lab.warnOfNetwork()
            let lab = try lab.open(create: true)
            let service: LabService
            let tokens: AccessTokens
            do {
                tokens = try AccessTokens(inLab: lab.folder)
            } catch { throw Failure("\(error)", Exit.cannotWrite) }
            let logger = Logger(label: "pcnlab") { _ in LineLogHandler(terminal: .error) }
            let logs = RunLogs(folder: lab.logs)
            service = LabService(
                lab, tokens: tokens,
                .init(
                    host: host, port: Int(port), socket: socket, allowedHosts: allowedHosts, isReadOnly: readOnly,
                    releasesAbandoned: !readOnly && workers == nil,
                    version: PCNLab.configuration.version),
                logger: logger
            ) { run, offset in logs.part(of: run, from: offset) }
            let training = workers.map { TrainingPool(lab, workers: $0, threads: threads) }
            let stop = StopRequest()
            StopSignals.listen {
                training?.pool.stop()
                stop.ask()
            }
            let trained = DispatchGroup()
            defer { trained.wait() }
            try Self.blocking {
                try await service.run(
                    ready: { port in
                        announce(port, tokens)
                        // Nobody would learn the address.
                        if Terminal.output.failure != nil { return stop.ask() }
                        // Not before: while the service makes its socket, new files of this process are its owner's alone.
                        guard let pool = training?.pool else { return }
                        DispatchQueue(label: "pcnlab.pool").async(group: trained) {
                            do { _ = try pool.run() } catch { logger.error("training ended: \(Failure(error).message)") }
                        }
                    }, shutdown: { await stop.wait() })
            }
            training?.pool.stop()
            trained.wait()
            _ = training?.finish()
            if let signal = StopSignals.received { throw ExitCode(128 + signal) }
        }
    }

    /// The address of the page. The token is in the fragment, which browsers do not send.
    private func announce(_ port: Int?, _ tokens: AccessTokens) {
        guard let port else {
            Terminal.output.line("listening on \(socket ?? "")")
            return
        }
        let everywhere = ["0.0.0.0", "::"].contains(host)
        let name = everywhere ? "127.0.0.1" : host.contains(":") ? "[\(host)]" : host
        Terminal.output.line("http://\(name):\(port)/#token=\(readOnly ? tokens.read : tokens.change)")
    }

    /// Runs asynchronous work and waits for it. The main thread belongs to nobody else.
    private static func blocking(_ body: @escaping @Sendable () async throws -> Void) throws {
        let result = Mutex<Result<Void, any Error>>(.success(()))
        let done = DispatchSemaphore(value: 0)
        Task.detached {
            do { try await body() } catch { result.withLock { $0 = .failure(error) } }
            done.signal()
        }
        done.wait()
        do { try result.withLock { $0 }.get() } catch let error as ServiceError { throw Failure("\(error)", Exit.unavailable) }
    }
}

/// A wish to stop, which asynchronous work waits for.
private final class StopRequest: Sendable {
    private let stream: AsyncStream<Void>
    private let continuation: AsyncStream<Void>.Continuation

    init() { (stream, continuation) = AsyncStream.makeStream() }

    func ask() { continuation.finish() }

    func wait() async { for await _ in stream {} }
}
