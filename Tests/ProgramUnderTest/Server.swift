import Foundation

/// A `pcnlab serve` of a program's lab, on a port of its own.
public final class Server {
    public let process: Process
    /// http://127.0.0.1:PORT
    public let address: String
    public let port: Int
    /// The token in the URL that it prints.
    public let token: String
    private let running: Program.Running

    /// Waits until it answers.
    public init(_ program: Program, _ arguments: [String] = []) throws {
        let running = try program.start(["serve", "--port", "0"] + arguments)
        self.running = running
        process = running.process
        var url = ""
        do {
            try until {
                url = running.output.split(separator: "\n").first.map(String.init) ?? ""
                return url.hasPrefix("http") && running.output.hasSuffix("\n") || !running.process.isRunning
            }
        } catch {
            running.process.terminate()
            throw error
        }
        let parts = url.components(separatedBy: "/#token=")
        guard parts.count == 2, let port = parts[0].split(separator: ":").last.flatMap({ Int($0) }) else {
            running.process.terminate()
            throw NoAddress(output: url)
        }
        (address, token, self.port) = (parts[0], parts[1], port)
    }

    /// Stops it as Ctrl-C does, and waits. Returns its exit status and the seconds that it took.
    @discardableResult
    public func stop() throws -> (output: Program.Output, seconds: Double) {
        let start = Date()
        process.terminate()
        let output = try running.finish()
        return (output, -start.timeIntervalSinceNow)
    }

    deinit { if process.isRunning { process.terminate() } }

    struct NoAddress: Error { let output: String }
}
