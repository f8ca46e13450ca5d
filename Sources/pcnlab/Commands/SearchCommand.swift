import ArgumentParser
import Foundation
import Lab
import Operations
import Reports
import Specs

struct SearchCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "search", abstract: "Continue from a search's result.", subcommands: [Best.self])

    struct Best: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Print the spec of a search's best trial, on the whole training split and over several seeds.",
            discussion: """
                A search selects by validation images, which its trials are not trained on. The figures for a table come from the winner \
                trained again with them:

                  pcnlab search best find-lr --seeds 5 > winner.json
                  pcnlab submit winner.json
                """)

        @OptionGroup var lab: LabPlace

        @Argument(help: "The search: the name of its experiment.")
        var name: String

        @Option(help: "How many seeds, from 1.")
        var seeds = 5

        func validate() throws {
            guard (1...1000).contains(seeds) else { throw ValidationError("--seeds is \(seeds); give a number from 1 to 1000") }
        }

        func run() throws {
            try reporting {
                guard let search = try lab.open().search(name) else {
                    throw Failure(
                        "experiment \(name) is no search; its runs are in `pcnlab report --experiment \(name)`", Exit.usage)
                }
                guard let best = search.best, let run = best.run else {
                    throw Failure(
                        "no trial of search \(name) is trained to its end yet (\(SearchReport(search).progress)); `pcnlab work` trains them",
                        Exit.tryAgain)
                }
                if !search.isDecided {
                    Terminal.error.line(
                        "note: the search is not decided yet (\(SearchReport(search).progress)); this is its best so far")
                }
                let accuracy = best.accuracy.map { Format.percent($0) } ?? "?"
                let text =
                    "The best of \(search.trials.count.grouped) trials of search \(name), selected on \(search.validationImages.grouped) validation images "
                    + "(\(accuracy))"
                Terminal.output.write(run.settings.spec(name: "\(name)-best", description: text, seeds: seeds))
            }
        }
    }
}
