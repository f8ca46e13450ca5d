import ArgumentParser
import Foundation
import Lab
import Specs

struct LogCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "log", abstract: "Show everything that happened to runs: their events and their workers' log lines.",
        discussion: "In order of time. Of several runs, each line names its run.")

    @OptionGroup var lab: LabOption

    @Argument(help: "Ids of runs, or unambiguous prefixes of them.")
    var runs: [String]

    @Flag(help: "Print JSON: the events only.")
    var json = false

    private struct Entry: Encodable {
        let run: String
        let at: Int64
        let attempt: Int?
        let kind: String
        let detail: String?

        /// Keys without a value are null.
        func encode(to encoder: any Encoder) throws {
            var object = encoder.container(keyedBy: CodingKeys.self)
            try object.encode(run, forKey: .run)
            try object.encode(at, forKey: .at)
            try object.encode(attempt, forKey: .attempt)
            try object.encode(kind, forKey: .kind)
            try object.encode(detail, forKey: .detail)
        }

        private enum CodingKeys: CodingKey { case run, at, attempt, kind, detail }
    }

    func run() throws {
        try reporting {
            let lab = try lab.open()
            let logs = RunLogs(folder: lab.logs)
            var ids: [String] = []
            for id in try runs.map({ try lab.run(named: $0) }) where !ids.contains(id) { ids.append(id) }
            if json {
                let events = try ids.flatMap { id in try lab.events(of: id).map { (id, $0) } }
                let entries = events.sorted { $0.1.id < $1.1.id }.map { id, event in
                    Entry(run: id, at: event.at, attempt: event.attempt, kind: event.kind, detail: event.detail)
                }
                return Terminal.output.line(try JSONOutput.text(entries))
            }
            let parts = try ids.map { RunHistory.Part(run: $0, events: try lab.events(of: $0), log: logs.lines(of: $0)) }
            for line in RunHistory.lines(parts) { Terminal.output.line(line.printable) }
        }
    }
}
