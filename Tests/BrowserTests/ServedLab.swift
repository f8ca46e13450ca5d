import Foundation
import GRDB
import ProgramUnderTest

/// A lab in a folder of its own, served by the real program, and a browser.
final class ServedLab {
    let program: Program
    let browser: Browser
    private(set) var address = ""
    private var service: Program.Running?

    var token: String { String(address.split(separator: "=").last ?? "") }
    var root: String { String(address.prefix { $0 != "#" }) }

    /// Runs `body` with a served lab, and ends service and browser afterwards.
    static func run(_ options: [String] = [], width: Int = 1280, height: Int = 800, _ body: (ServedLab) throws -> Void) throws {
        try Program.inNewFolder { program in
            let lab = try ServedLab(program, Browser(width: width, height: height))
            defer {
                lab.browser.end()
                lab.stop()
            }
            try lab.serve(options)
            try body(lab)
        }
    }

    private init(_ program: Program, _ browser: Browser) throws { (self.program, self.browser) = (program, browser) }

    /// Starts the service, at the port that it had before.
    func serve(_ options: [String] = []) throws {
        let port = URL(string: root)?.port ?? 0
        let running = try program.start(["serve", "--port", "\(port)"] + options)
        service = running
        try until { running.output.contains("\n") || !running.process.isRunning }
        address = String(running.output.prefix { $0 != "\n" })
    }

    func stop() {
        service?.process.terminate()
        service?.process.waitUntilExit()
    }

    /// Ends the service without giving it a chance to say so.
    func killService() {
        guard let process = service?.process else { return }
        kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
    }

    /// Opens a screen; the browser is signed in first.
    func open(_ screen: String = "#/queue") throws {
        if try browser.script("return location.href") as? String == "data:," || !isSignedIn {
            try browser.open(address)
            try browser.wait(for: "Live", in: "#connection")
            isSignedIn = true
        }
        try browser.open(root + screen)
        try browser.wait(for: "Live", in: "#connection")
    }

    private var isSignedIn = false

    /// An answer of the API.
    func get(_ path: String) throws -> Any {
        try JSONSerialization.jsonObject(with: HTTP.send("GET", "\(root)api/v1\(path)", token: token).data)
    }

    func states() throws -> [String: Int] { ((try get("/summary")) as? [String: Any])?["counts"] as? [String: Int] ?? [:] }

    /// The database, for reading what a worker writes at once.
    func database() throws -> DatabaseQueue { try DatabaseQueue(path: program.lab.appending(path: "pcnlab.sqlite").path) }

    /// Submits runs of the given number of epochs and seeds, and writes made-up curves for them.
    func madeUpCurves(_ name: String, seeds: Int, epochs: Int) throws {
        let list = (1...seeds).map(String.init).joined(separator: ",")
        let spec = try program.spec(
            """
            {"name": "\(name)", "architecture": "linearnet", "dataset": "shapes", "train_samples": 100, "test_samples": 100,
             "widths": [8], "batch_size": 50, "epochs": \(epochs), "sweep": {"d": [4, 8, 16, 32], "seed": [\(list)]}}
            """, "\(name.count).json")
        try program.run("submit", spec)
        try database().write { db in
            try db.execute(
                sql: """
                    INSERT INTO epochs (run_id, epoch, loss, train_accuracy, test_accuracy, seconds)
                    WITH RECURSIVE numbers(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < ?)
                    SELECT id, n, 2.3 * exp(-n / (400.0 + 30 * number)) + 0.3 + abs(random() % 1000) / 20000.0,
                        0.9 - 0.8 * exp(-n / (500.0 + 20 * number)) + abs(random() % 1000) / 20000.0,
                        0.7 - 0.6 * exp(-n / (500.0 + 20 * number)) + abs(random() % 1000) / 20000.0, 0.5
                    FROM runs, numbers WHERE runs.epoch = 0
                    """, arguments: [epochs])
            try db.execute(
                sql: """
                    UPDATE runs SET state = 'completed', epoch = epochs, final_train_accuracy = 0.9, final_test_accuracy = 0.7,
                        weights_sha256 = id WHERE epoch = 0
                    """)
        }
    }
}
