import ArgumentParser
import Foundation
import Lab
import Operations
import Reports
import Specs

struct Compare: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Compare runs: the settings in which they differ, their figures, and their curves.",
        discussion: """
            Curves are drawn together, each with the letter of its run. Accuracies of a completed run are those of its final weights over \
            both splits; before that, of its last epoch.
            """)

    @OptionGroup var lab: LabOption

    @Argument(help: "Ids of two runs or more, or unambiguous prefixes of them.")
    var runs: [String]

    @Flag(help: "Print JSON, with every epoch.")
    var json = false

    func validate() throws {
        if runs.count < 2 { throw ValidationError("give two runs or more; `pcnlab status` lists them") }
    }

    func run() throws {
        try reporting {
            let lab = try lab.open()
            let comparison = try RunComparison(lab, chosen(lab))
            if json { return Terminal.output.line(try JSONOutput.text(comparison.rows)) }
            Terminal.output.write(comparison.text(columns: Terminal.output.columns))
        }
    }

    /// The runs in the order in which they were given, each once.
    private func chosen(_ lab: Lab) throws -> [RunSummary] {
        var ids: [String] = []
        for id in try runs.map({ try lab.run(named: $0) }) where !ids.contains(id) { ids.append(id) }
        let most = TerminalOverlay.letters.count
        if ids.count < 2 { throw Failure("\(ids[0]) is one run; give another to compare it with", Exit.usage) }
        if ids.count > most, !json {
            throw Failure("\(ids.count) runs are more than the \(most) letters; give fewer runs, or --json", Exit.usage)
        }
        let found = Dictionary(try lab.runs(RunFilter(ids: ids)).map { ($0.id, $0) }) { first, _ in first }
        return ids.compactMap { found[$0] }
    }
}
