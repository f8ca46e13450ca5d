import ArgumentParser
import Datasets
import Foundation
import Lab
import Operations
import Specs

struct Predict: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Say what a trained run takes pictures for.",
        discussion: """
            Files are PNG, or IDX files of images (plain or .gz), of which every image is one picture. The middle square of a picture \
            is resized to the data set's side, bilinear without antialiasing, and made grey or coloured as the data set is. Alpha is \
            ignored. The weights are those of the run's newest checkpoint.
            """)

    @OptionGroup var lab: LabOption

    @Argument(help: ArgumentHelp("The run, by id or an unambiguous prefix of it.", valueName: "run"))
    var runName: String

    @Argument(help: "Pictures.", completion: .file(extensions: ["png"]))
    var files: [String]

    @Option(help: "Threads (default: all cores).")
    var threads = ParallelCount.allCores

    @Flag(help: "Print JSON.")
    var json = false

    private struct Line: Encodable {
        let file: String
        let label: Int
        let className: String
        let probability: Double
        let secondLabel: Int
        let secondClassName: String
        let secondProbability: Double

        init(_ file: String, _ probabilities: [Double], _ names: [String]) {
            let ranked = probabilities.ranked
            self.file = file
            (label, className, probability) = (ranked[0], names[ranked[0]], probabilities[ranked[0]])
            (secondLabel, secondClassName, secondProbability) = (ranked[1], names[ranked[1]], probabilities[ranked[1]])
        }
    }

    func run() throws {
        try reporting {
            let inference = try RunInference(try lab.open(), run: runName, threads: threads.value)
            if inference.weights.run.settings.graphNodes != nil {
                throw Failure(
                    "\(runName.printable): its network classifies the nodes of a graph, not pictures; "
                        + "`pcnlab report --confusion` shows what it takes them for", Exit.usage)
            }
            var pictures: [(name: String, picture: Picture)] = [], failures: [Failure] = []
            for file in files {
                do { pictures += try Picture.read(file) } catch { failures.append(Failure(error)) }
            }
            // A few at a time: resized pictures are held for all of a call.
            let parts = stride(from: 0, to: pictures.count, by: 1024).map { pictures[$0..<min($0 + 1024, pictures.count)] }
            let lines = try parts.flatMap { part in
                zip(part, try inference.probabilities(of: part.map(\.picture))).map { Line($0.name, $1, inference.classNames) }
            }
            if json { Terminal.output.line(try JSONOutput.text(lines)) } else if !lines.isEmpty { show(lines) }
            if let first = failures.first { throw Failure(failures.map(\.message).joined(separator: "\n"), first.code) }
            Terminal.error.line(inference.title.printable)
        }
    }

    private func show(_ lines: [Line]) {
        var table = TextTable([
            .left("file"), .left("class"), .right("probability"), .left("second"), .right("probability"),
        ])
        for line in lines {
            table.add([
                .init(line.file), .init(line.className, .bold), .init(Format.percent(line.probability)),
                .init(line.secondClassName), .init(Format.percent(line.secondProbability)),
            ])
        }
        for line in table.lines(for: .output) { Terminal.output.line(line) }
    }
}
