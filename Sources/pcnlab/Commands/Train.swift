import ArgumentParser
import Foundation
import Operations

struct Train: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Train bundles, which `pcnlab cluster submit` makes: a worker without a lab.",
        discussion: """
            A bundle is a folder with all that one attempt of a run needs. What is trained is written beside it, and `pcnlab cluster sync` \
            takes it into the lab. Jobs of a cluster run this command; so can a person, GNU parallel or another batch system.

            SIGTERM and SIGUSR1 stop it at the next batch, with a checkpoint; repeated signals have no further effect. Of several bundles, \
            one is trained after the other.

            Exit code 0: all are completed. 1: some failed or diverged. 66: data is missing. 69: this machine's arithmetic is not that of \
            the run. 75: another process trains it, or it is not wanted any more. 128+N: ended by signal N.
            """)

    @Argument(help: "Folders of bundles.", completion: .directory)
    var bundles: [String] = []

    @Option(help: "A file with a bundle's folder on each line.", completion: .file())
    var list: String?

    @Option(help: "Threads.")
    var threads = ParallelCount.allCores

    func validate() throws {
        if bundles.isEmpty, list == nil { throw ValidationError("give bundles, or a --list of them") }
    }

    func run() throws {
        BrokenPipes.survive()
        try reporting {
            let training = BundleTraining(threads: threads.value)
            StopSignals.listen(ofBatchSystem: true) { training.stop() }
            var worst: ExitStatus?, failures: [Failure] = []
            for folder in try bundles + listed() {
                do {
                    let status = try training.train(given(folder, isFolder: true))
                    worst = worst ?? status
                } catch { failures.append(Failure(error)) }
            }
            if !failures.isEmpty { throw Failure(failures.map(\.message).joined(separator: "\n"), status: failures[0].status) }
            if let signal = StopSignals.received { throw ExitCode(128 + signal) }
            if let worst { throw ExitCode(worst) }
        }
    }

    private func listed() throws -> [String] {
        guard let list else { return [] }
        guard let text = try? String(contentsOfFile: list, encoding: .utf8) else {
            throw Failure("\(list.printable): cannot be read; is the path right?", Exit.missingFile)
        }
        return text.split(separator: "\n").map(String.init)
    }
}
