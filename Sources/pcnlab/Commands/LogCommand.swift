import ArgumentParser
import Foundation
import Lab
import Operations
import Specs

struct LogCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "log", abstract: "Show everything that happened to runs: their events and their workers' log lines.",
        discussion: """
            In order of time. Of several runs, each line names its run. Without a run or a selection: the events of the whole lab.
            """)

    @OptionGroup var lab: LabPlace

    @OptionGroup var selection: RunSelection

    @Flag(help: "Print JSON: the events only.")
    var json = false

    private struct Entry: Encodable {
        let run: String?
        let at: Int64
        let attempt: Int?
        let kind: String
        let detail: String?

        init(_ event: EventRow) {
            (run, at, attempt, kind, detail) = (event.run, event.at, event.attempt, event.kind, event.detail)
        }

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
            if selection.isEmpty {
                // The events of the whole lab, also of runs that were removed.
                let events = try lab.allEvents()
                if json { return Terminal.output.line(try JSONOutput.text(events.map(Entry.init))) }
                for line in RunHistory.lines([.init(run: "", events: events, log: [])], namingRuns: true) {
                    Terminal.output.line(line.printable)
                }
                return
            }
            let ids = try selection.some(lab).map(\.id)
            if json {
                let entries = try ids.flatMap { try lab.events(of: $0) }.sorted { $0.id < $1.id }.map(Entry.init)
                return Terminal.output.line(try JSONOutput.text(entries))
            }
            let parts = try ids.map { RunHistory.Part(run: $0, events: try lab.events(of: $0), log: try lab.logLines(of: $0)) }
            for line in RunHistory.lines(parts) { Terminal.output.line(line.printable) }
        }
    }
}
