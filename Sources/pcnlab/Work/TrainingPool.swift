import Foundation
import Lab
import Operations
import Tensors

/// A pool of workers as `work` and `serve` run it: the pool, and what shows its progress.
struct TrainingPool {
    let pool: WorkerPool
    let reporter: ProgressReporter
    private let hook: EndHook?

    /// - Parameters:
    ///   - threads: of each run; nil for all cores, divided among the workers.
    ///   - onEnd: a shell command for the end of every run.
    init(_ lab: Lab, workers: ParallelCount, threads: ParallelCount?, drain: Bool = false, onEnd: String? = nil) {
        let names = RunNames(lab)
        if let shared = names.shared { Terminal.error.line(shared) }
        let threads = threads?.value ?? max(1, ProcessInfo.processInfo.activeProcessorCount / workers.value)
        let reporter = ProgressReporter(logs: RunLogs(folder: lab.logs), names: names)
        let hook = onEnd.map { EndHook($0, lab: lab) { reporter.trouble($0) } }
        let datasets = DatasetCache(lab)
        let train = RunTraining(lab: lab, datasets: datasets, threads: threads, reporter: reporter)
        pool = WorkerPool(
            lab, .init(workers: workers.value, threads: threads, drain: drain, arithmetic: Arithmetic.current.description),
            observer: Observers(all: [reporter] + [hook].compactMap(\.self)),
            admission: MemoryAdmission(limit: MemoryLimit.current),
            reasonToWait: { try datasets.reasonToWait($0) }
        ) { claim, control, worker in try train(claim, control, worker: worker) }
        (self.reporter, self.hook) = (reporter, hook)
    }

    /// Waits for the commands of runs' ends and writes what is pending. Returns whether every log line was written.
    func finish() -> Bool {
        hook?.finish(within: StopSignals.received == nil ? 60 : 2)
        return reporter.finish()
    }
}
