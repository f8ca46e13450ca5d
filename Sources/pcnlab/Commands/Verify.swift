import ArgumentParser
import Foundation
import Lab
import Operations
import Specs
import Tensors

struct Verify: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Train a run again from an earlier checkpoint, and compare the weights.",
        discussion: """
            Trains from the second newest checkpoint, or from the beginning if there is only one, to the newest. Nothing is written to \
            the lab. Exit code 0: the weights and the row of every epoch on the way have the same bits. Exit code 1: they differ. Exit code 69: they differ, but the run was \
            trained with an arithmetic that this program does not have, so they are not comparable.
            """)

    @OptionGroup var lab: LabOption

    @Argument(help: "Ids of runs, or unambiguous prefixes of them.")
    var runs: [String]

    @Option(help: "Threads (default: all cores).")
    var threads = ParallelCount.allCores

    @Flag(help: "Print JSON.")
    var json = false

    func run() throws {
        try reporting {
            let lab = try lab.open()
            let verify = Verification(lab: lab, datasets: DatasetCache(lab), threads: threads.value)
            var outcomes: [Verification.Outcome] = []
            // What was verified is printed, whatever is wrong with the others.
            defer { if json, let text = try? JSONOutput.text(outcomes) { Terminal.output.line(text) } }
            try forEach(try lab.runs(RunFilter(ids: try runs.map { try lab.run(named: $0) }))) { summary in
                try checkMemory(summary.settings)
                guard let outcome = try verify(summary) else {
                    throw Failure(summary.reasonWithoutWeights, Exit.missingFile)
                }
                outcomes.append(outcome)
                if !json { Terminal.output.line(sentence(outcome, summary)) }
            }
            if outcomes.contains(where: { !$0.isSame && $0.isComparable }) { throw Exit.someRunFailed }
            if !outcomes.allSatisfy(\.isSame) { throw Exit.unavailable }
        }
    }

    private func sentence(_ outcome: Verification.Outcome, _ run: RunSummary) -> String {
        let batch = outcome.toBatch == 0 ? "" : ", batch \(outcome.toBatch)"
        let stretch = "\(outcome.run)  trained again from epoch \(outcome.fromEpoch) to epoch \(outcome.toEpoch)\(batch): "
        if outcome.isSame {
            return stretch + Colour.green.paint("the same bits", on: .output) + ", SHA-256 \(outcome.foundSHA256)"
        }
        guard outcome.isComparable else {
            let arithmetics = run.arithmetics.joined(separator: "; ").printable
            return stretch + Colour.yellow.paint("not comparable", on: .output)
                + ": the run was trained with \(arithmetics), and this program computes with \(Arithmetic.current)"
        }
        var text = stretch + Colour.red.paint("not the same", on: .output)
        text += ": SHA-256 \(outcome.foundSHA256), where the checkpoint has \(outcome.expectedSHA256)"
        if !outcome.differingEpochs.isEmpty {
            text += "; other rows in epochs \(outcome.differingEpochs.map(String.init).joined(separator: ", "))"
        }
        if outcome.hasOtherFinalFigures { text += "; the run is recorded with other final figures" }
        return text
    }
}
