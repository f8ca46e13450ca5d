import ArgumentParser
import Foundation
import Lab
import Specs

struct LogCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "log", abstract: "Show everything that happened to runs: their events and their workers' log lines.")

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
                let lines = RunHistory.lines(events: try lab.events(of: id), log: logs.lines(of: id))
                if ids.count > 1 { Terminal.output.line(Colour.bold.paint(id, on: .output)) }
                for line in lines { Terminal.output.line(line.printable) }
            }
        }
    }
}
