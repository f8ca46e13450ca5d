import ArgumentParser
import Foundation
import Lab
import Tensors

struct Work: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Train what is queued.",
        discussion: """
            Stays for new work unless --drain is given. SIGINT and SIGTERM stop every run at its next batch, with a checkpoint \
            from which the next `pcnlab work` goes on; results are the same to the bit. A second signal ends at once.
            """)

    @OptionGroup var lab: LabOption

    @Option(help: "Runs trained at a time.")
    var workers = 1

    @Option(help: "Threads of each run (default: all cores, shared out among the workers).")
    var threads: Int?

    @Flag(help: "End when nothing is left to train.")
    var drain = false

    func validate() throws {
        if workers < 1 || workers > 256 { throw ValidationError("--workers is \(workers); give 1 to 256") }
        if let threads, threads < 1 || threads > 1024 { throw ValidationError("--threads is \(threads); give 1 to 1024") }
    }

    func run() throws {
        try reporting {
            lab.warnOfNetwork()
            let lab = try lab.open(create: true)
            let threads = threads ?? max(1, ProcessInfo.processInfo.activeProcessorCount / workers)
            let board = ProgressBoard(logs: RunLogs(folder: lab.logs))
            let train = RunTraining(lab: lab, shelf: DatasetShelf(lab), threads: threads, board: board)
            let pool = WorkerPool(
                lab, .init(workers: workers, threads: threads, drain: drain, arithmetic: Kernels.current.arithmetic),
                observer: board
            ) { claim, control, worker in try train(claim, control, worker: worker) }
            StopSignals.listen { pool.stop() }
            let failed = try pool.run()
            if let signal = StopSignals.received { throw ExitCode(128 + signal) }
            if failed > 0 { throw Exit.someRunFailed }
        }
    }
}
