import ArgumentParser
import Foundation
import Lab
import Tensors

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
            PCNLAB_MODEL, PCNLAB_DATASET, PCNLAB_SEED, PCNLAB_EPOCH, PCNLAB_LOSS, PCNLAB_TRAIN_ACCURACY, PCNLAB_TEST_ACCURACY \
            (fractions; of the final weights if it is completed) and PCNLAB_ERROR. Training does not wait for it.

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
            let names = RunNames(lab)
            if let shared = names.shared { Terminal.error.line(shared) }
            let workers = workers.value
            let threads = threads?.value ?? max(1, ProcessInfo.processInfo.activeProcessorCount / workers)
            let reporter = ProgressReporter(logs: RunLogs(folder: lab.logs), names: names)
            let hook = onEnd.map { EndHook($0, lab: lab) { reporter.trouble($0) } }
            let datasets = DatasetCache(lab)
            let train = RunTraining(lab: lab, datasets: datasets, threads: threads, reporter: reporter)
            let pool = WorkerPool(
                lab, .init(workers: workers, threads: threads, drain: drain, arithmetic: Arithmetic.current.description),
                observer: Observers(all: [reporter] + [hook].compactMap(\.self)),
                admission: MemoryAdmission(limit: MemoryLimit.current),
                reasonToWait: { try datasets.reasonToWait($0) }
            ) { claim, control, worker in try train(claim, control, worker: worker) }
            StopSignals.listen { pool.stop() }
            let failed = try pool.run()
            let waiting = try drain ? pool.runsWithoutData() : 0
            if waiting > 0, StopSignals.received == nil { reporter.notice("\(waiting) of the runs wait for their data") }
            hook?.finish(within: StopSignals.received == nil ? 60 : 2)
            let isLogComplete = reporter.finish()
            if let signal = StopSignals.received { throw ExitCode(128 + signal) }
            if !isLogComplete { throw Exit.cannotWrite }
            if waiting > 0 { throw Exit.missingFile }
            if failed > 0 { throw Exit.someRunFailed }
        }
    }
}
