import ArgumentParser
import Foundation
import Lab

struct LogCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "log", abstract: "Show everything that happened to runs: their history, and what their workers said.")

    @OptionGroup var lab: LabOption

    @Argument(help: "Ids of runs, or unambiguous beginnings of them.")
    var runs: [String]

    @Flag(help: "Print JSON: the history alone.")
    var json = false

    private struct Entry: Encodable {
        let run: String
        let at: Int64
        let attempt: Int?
        let kind: String
        let detail: String?
    }

    func run() throws {
        try reporting {
            let lab = try lab.open()
            let logs = RunLogs(folder: lab.logs)
            let ids = try runs.map { try lab.run(named: $0) }
            if json {
                let entries = try ids.flatMap { id in
                    try lab.events(of: id).map {
                        Entry(run: id, at: $0.at, attempt: $0.attempt, kind: $0.kind, detail: $0.detail)
                    }
                }
                return Terminal.output.line(try JSONOutput.text(entries))
            }
            for id in ids {
                let events = try lab.events(of: id).map { event in
                    let attempt = event.attempt.map { "attempt \($0) " } ?? ""
                    return "\(Format.time(event.at))  * \(attempt)\(event.kind)\(event.detail.map { ": " + $0 } ?? "")"
                }
                if ids.count > 1 { Terminal.output.line(Colour.bold.paint(id, on: .output)) }
                // Both begin with the time, to the second; of one second the history comes first.
                for line in (events + logs.lines(of: id)).sorted(by: { $0.prefix(19) < $1.prefix(19) }) {
                    Terminal.output.line(line.printable)
                }
            }
        }
    }
}
