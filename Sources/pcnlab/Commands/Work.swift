import ArgumentParser
import Foundation
import Lab
import Operations

struct Work: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Train what is queued.",
        discussion: """
            Waits for new work unless --drain is given. SIGINT and SIGTERM stop every run at its next batch, with a checkpoint \
            from which the next `pcnlab work` continues; results are the same to the bit. A second signal ends the process at once.

            Runs whose data set is missing, or is not the one that they were submitted with, stay in the queue; the worker looks for it \
            again from time to time. With --drain it ends with exit code 66 when only such runs are left. After an error a run is tried \
            again, three times in all: after seconds, then after minutes.

            The command of --on-end finds the run in its environment: PCNLAB_RUN (its id), PCNLAB_STATE, PCNLAB_EXPERIMENT, \
            PCNLAB_MODEL, PCNLAB_DATASET, PCNLAB_SEED, PCNLAB_EPOCH, PCNLAB_LOSS, PCNLAB_TRAIN_ACCURACY, PCNLAB_TEST_ACCURACY, \
            PCNLAB_VALIDATION_ACCURACY (fractions; of the final weights if it is completed) and PCNLAB_ERROR. A value that the run \
            does not have is empty. Training does not wait for it.

            A run starts only if it fits into the memory beside the runs that are trained already; it waits for them otherwise. If the \
            log cannot be written, training continues, and the exit code is 73.
            """)

    @OptionGroup var lab: LabOption

    @Option(help: "Runs trained at a time.")
    var workers = ParallelCount(clamping: 1)

    @Option(help: "Threads of each run (default: all cores, divided among the workers).")
    var threads: ParallelCount?

    @Flag(help: "End when nothing is left to train.")
    var drain = false

    @Option(
        help: ArgumentHelp(
            "A shell command to run whenever a run is completed, failed, diverged or cancelled; see above for its variables.",
            valueName: "command"))
    var onEnd: String?

    func run() throws {
        BrokenPipes.survive()
        try reporting {
            lab.warnOfNetwork()
            let lab = try lab.open(create: true)
            let training = TrainingPool(lab, workers: workers, threads: threads, drain: drain, onEnd: onEnd)
            let pool = training.pool
            StopSignals.listen { pool.stop() }
            let failed = try pool.run()
            let waiting = try drain ? pool.runsWithoutData() : 0
            if waiting > 0, StopSignals.received == nil { training.reporter.notice("\(waiting) of the runs wait for their data") }
            let isLogComplete = training.finish()
            if let signal = StopSignals.received { throw ExitCode(128 + signal) }
            if !isLogComplete { throw Exit.cannotWrite }
            if waiting > 0 { throw Exit.missingFile }
            if failed > 0 { throw Exit.someRunFailed }
        }
    }
}
