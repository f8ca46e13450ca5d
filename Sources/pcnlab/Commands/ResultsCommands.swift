import ArgumentParser
import Foundation
import Lab
import Operations
import Reports

struct Publish: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Write results into a folder that others can read: the table, plots, curves, and how they came to be.",
        discussion: """
            DIR gets report.md, report.html, the plots of `report --plots`, curves/*.csv with six significant digits, and runs.json: for \
            each run its settings, the digest of its data, final accuracies, the weights' SHA-256, and its attempts. `pcnlab import DIR` \
            takes it into another lab; the report there is the same. Files of these names are replaced. Trials of searches are left out.

            With --checkpoints it gets the newest checkpoint of each run, and the curves have all digits: a run that is not at its end goes \
            on in another lab, to the same bits. Without it the folder has no checkpoints of these runs.
            """)

    @OptionGroup var lab: LabOption

    @Argument(help: ArgumentHelp("The folder.", valueName: "dir"), completion: .directory)
    var folder: String

    @Flag(help: "Copy the newest checkpoint of each run too.") var checkpoints = false

    @OptionGroup(title: "SELECTION") var criteria: RunCriteria

    func run() throws {
        try reporting {
            let lab = try lab.open()
            var runs = try lab.runs(selectedBy: criteria.selector).filter { !$0.isTrial }
            if runs.isEmpty { throw Failure("no run to publish", Exit.usage) }
            let results = ResultsFolder(try given(folder, isFolder: true))
            let copied = checkpoints ? try results.copyCheckpoints(lab, &runs) : [:]
            let version = PCNLab.configuration.version
            for file in try ResultsFolder.files(lab, runs, checkpoints: copied, program: version) {
                try write(file.text, to: results.url.appending(path: file.path))
            }
            results.removeCheckpoints(of: runs, except: copied)
            try writeReports(results)
            // A run that has none, or none that can be read, is published without.
            let some = checkpoints ? ", \(Format.count(copied.count, "checkpoint"))" : ""
            Terminal.error.line("\(Format.count(runs.count, "run"))\(some) in \(results.url.relativePath.printable)")
        }
    }

    /// The reports are those of a lab that imports the folder, so that they agree with its rounded numbers.
    private func writeReports(_ results: ResultsFolder) throws {
        let place = FileManager.default.temporaryDirectory.appending(path: "pcnlab-publish-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: place) }
        let copy = try Lab(place, create: true)
        _ = try copy.importRuns(results.read().map(\.run), from: results.url.relativePath)
        let input = ReportInput(
            try copy.runs(RunFilter()), experiment: criteria.experiment, epochs: { try copy.epochs(of: $0.id) })
        for (name, format) in [("report.md", ReportFormat.markdown), ("report.html", .html)] {
            try write(try format.render(input), to: results.url.appending(path: name))
        }
        for figure in try input.figures() { try write(figure.svg, to: results.url.appending(path: figure.fileName)) }
        try copy.close()
    }
}

struct Import: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Take the runs of a folder of results, which publish wrote, into the lab.",
        discussion: """
            The runs are marked with the tag imported. They have figures and curves; those that had not ended are paused. One that was \
            published with its checkpoint continues from there when it is queued; the others have no weights and are trained from epoch 1. \
            `resume` queues paused runs, `retry` those that have ended. Runs that the lab has already stay as they are.
            """)

    @OptionGroup var lab: LabOption

    @Argument(help: ArgumentHelp("The folder.", valueName: "dir"), completion: .directory)
    var folder: String

    func run() throws {
        try reporting {
            let results = ResultsFolder(try given(folder, isFolder: true))
            let runs = try results.read(), lab = try lab.open(create: true)
            let outcomes = try results.take(runs, into: lab)
            for (id, isNew) in outcomes { Terminal.output.line("\(id)  \(isNew ? "imported" : "is in the lab already")") }
            let count = outcomes.count(where: \.isNew)
            Terminal.error.line(
                "\(Format.count(count, "run")) imported, \(Format.count(outcomes.count - count, "run")) in the lab already")
        }
    }
}
