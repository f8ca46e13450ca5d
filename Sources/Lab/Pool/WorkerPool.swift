import Dispatch
import Synchronization

/// Trains queued runs, several at a time. It handles leases and states; training itself is a closure.
public final class WorkerPool: Sendable {
    public struct Configuration: Sendable {
        var workers: Int
        var threads: Int
        /// End when no run is left, instead of waiting for more.
        var drain: Bool
        var arithmetic: String

        public init(workers: Int, threads: Int, drain: Bool, arithmetic: String) {
            self.workers = workers
            self.threads = threads
            self.drain = drain
            self.arithmetic = arithmetic
        }
    }

    let lab: Lab
    let configuration: Configuration
    let observer: any WorkerPoolObserver
    let admission: any RunAdmission
    let reasonToWait: (@Sendable (RunData) throws -> String?)?
    private let train: @Sendable (Claim, RunControl, _ worker: Int) throws -> TrainingOutcome
    let missing = MissingData()
    let active = Mutex<[Int: (claim: Claim, control: RunControl)]>([:])
    /// Held from a claim until the run is in `active`, and during maintenance, which would take a run between for abandoned.
    let claiming = Mutex(())
    private let isStopping = Atomic<Bool>(false)
    let failures = Atomic<Int>(0)
    /// Why no run can be claimed any more.
    private let fatal = Mutex<LabError?>(nil)
    private let wake = DispatchSemaphore(value: 0)

    /// - Parameter reasonToWait: why a run with this data cannot be trained now; nil if it can. Called before a run is claimed.
    public init(
        _ lab: Lab, _ configuration: Configuration, observer: any WorkerPoolObserver,
        admission: (any RunAdmission)? = nil, reasonToWait: (@Sendable (RunData) throws -> String?)? = nil,
        train: @escaping @Sendable (Claim, RunControl, _ worker: Int) throws -> TrainingOutcome
    ) {
        self.lab = lab
        self.configuration = configuration
        self.observer = observer
        self.admission = admission ?? UnlimitedAdmission()
        self.reasonToWait = reasonToWait
        self.train = train
    }

    /// The number of queued runs whose data was missing when it was last looked for.
    public func runsWithoutData() throws -> Int { try lab.queuedRuns(needing: missing.all) }

    /// Blocks until the queue is empty but for runs whose data is missing (`drain`), or `stop` is called. Returns how many runs ended
    /// failed or diverged. Throws `damaged` when the database cannot be read: waiting would not repair it.
    public func run() throws -> Int {
        let beat = DispatchSource.makeTimerSource(queue: DispatchQueue(label: "pcnlab.heartbeat"))
        beat.schedule(deadline: .now() + .milliseconds(250), repeating: .milliseconds(250))
        let count = Mutex(0)
        beat.setEventHandler { @Sendable [self] in
            let tick = count.withLock { tick in
                tick += 1
                return tick
            }
            // Requests are read four times a second, so that a pause is prompt. The lab is written to every eighth time.
            readRequests()
            if tick % 8 == 0 { maintain() }
        }
        maintain()
        beat.activate()
        let group = DispatchGroup()
        for worker in 0..<configuration.workers {
            DispatchQueue(label: "pcnlab.worker.\(worker)").async(group: group) { [self] in work(worker) }
        }
        group.wait()
        beat.cancel()
        if let error = fatal.withLock({ $0 }) { throw error }
        return failures.load(ordering: .relaxed)
    }

    /// Stops every run at its next batch, with a checkpoint, and returns it to the queue. Safe to call from any thread, and more
    /// than once.
    public func stop() {
        isStopping.store(true, ordering: .relaxed)
        active.withLock { active in active.values.forEach { $0.control.stop(.shutdown) } }
        for _ in 0..<configuration.workers { wake.signal() }
    }

    var shouldStop: Bool { isStopping.load(ordering: .relaxed) }

    private func work(_ worker: Int) {
        var hasLookedAgain = false
        while !shouldStop {
            guard let (claim, control) = nextRun(worker) else {
                // Runs of other workers may still return to the queue: it is drained only when nothing is running either. Runs whose
                // data is missing are not waited for, those that failed and have another attempt are.
                if configuration.drain, isDrained() {
                    if hasLookedAgain || missing.all.isEmpty { return }
                    // The data may have come since it was last looked for.
                    hasLookedAgain = true
                    missing.lookAgain()
                    continue
                }
                _ = wake.wait(timeout: .now() + .milliseconds(configuration.drain ? 100 : 500))
                continue
            }
            hasLookedAgain = false
            if shouldStop { control.stop(.shutdown) }
            observer.started(claim, worker: worker)
            let outcome = attempt(claim, control, worker)
            // The lease is renewed until the end is written, however long the database is busy.
            finish(claim, outcome, worker)
            active.withLock { $0[worker] = nil }
            admission.release(worker: worker)
        }
    }

    /// Trains, and returns how the attempt ended; nil when it was superseded.
    private func attempt(_ claim: Claim, _ control: RunControl, _ worker: Int) -> AttemptOutcome? {
        do {
            switch try train(claim, control, worker) {
            case .completed(let figures): return .completed(figures)
            case .diverged(let text): return .diverged(text)
            case .reachedRung: return .reachedRung
            case .stopped: return outcome(of: control.stopReason)
            }
        } catch LabError.superseded {
            return nil
        } catch let error as DataUnavailable {
            return .waits(error.reason)
        } catch {
            // It was told to stop while it could not write. What is not written is trained again from the last checkpoint.
            return control.shouldStop ? outcome(of: control.stopReason) : .failed("\(error)")
        }
    }

    private func outcome(of reason: StopReason?) -> AttemptOutcome? {
        switch reason {
        case .asked(let request): .stopped(request)
        case .superseded: nil
        case .shortened: .released("fewer epochs are wanted")
        case .shutdown, nil: .released("worker stopped")
        }
    }

    private func finish(_ claim: Claim, _ outcome: AttemptOutcome?, _ worker: Int) {
        guard let outcome else {
            observer.ended(claim, worker: worker, outcome: .released("superseded"), state: nil)
            return
        }
        let state = persistently("ending run \(claim.run)") { try lab.finish(outcome, run: claim.run, attempt: claim.attempt) }
        lab.settleLongLog()
        if state == .failed || state == .diverged { failures.wrappingAdd(1, ordering: .relaxed) }
        observer.ended(claim, worker: worker, outcome: outcome, state: state)
        if case .waits(let reason) = outcome {
            // The data was there before the claim.
            do { try wait(for: claim.data, reason) } catch { observer.trouble("\(error)") }
        }
    }

    func give(up error: LabError) {
        fatal.withLock { $0 = $0 ?? error }
        stop()
    }

    private func isDrained() -> Bool {
        do {
            // Throws `damaged` for a run in an unknown state.
            _ = try lab.stateCounts()
            return try !lab.isAnythingLeft(except: missing.all)
        } catch LabError.damaged(let file, let reason) {
            give(up: .damaged(file: file, reason: reason))
        } catch {
            observer.trouble("counting what is left: \(error)")
        }
        return false
    }

    private var held: [(claim: Claim, control: RunControl)] { active.withLock { Array($0.values) } }

    private func claims(_ held: [(claim: Claim, control: RunControl)]) -> [(run: String, attempt: Int)] {
        held.map { ($0.claim.run, $0.claim.attempt) }
    }

    /// Passes on what the runs are asked to do. Reading waits for no writer.
    private func readRequests() {
        let held = held
        guard !held.isEmpty else { return }
        do {
            let answers = try lab.requests(claims(held))
            for (entry, answer) in zip(held, answers) {
                switch answer {
                case .goOn: break
                case .asked(let request): entry.control.stop(.asked(request))
                case .shortened: entry.control.stop(.shortened)
                case .superseded: entry.control.stop(.superseded)
                }
            }
        } catch {
            // A busy database is no reason to stop training: the next beat tries again.
            observer.trouble("the heartbeat: \(error)")
        }
    }

    /// Renews the pool's own leases and releases the runs of dead workers.
    private func maintain() {
        do {
            try claiming.withLock { _ in _ = try LabMaintenance(lab).run(holding: claims(held)) }
        } catch {
            observer.trouble("the heartbeat: \(error)")
        }
    }

    /// Runs `body` again while the database is busy: six times, a second apart, each as long as SQLite waits for a busy database.
    /// While the disk is full it is run until it succeeds or the pool is stopped. After that the lease expires, and the run is trained
    /// again from its checkpoint.
    private func persistently<T>(_ what: String, _ body: () throws -> T) -> T? {
        for attempt in 1... {
            do { return try body() } catch LabError.superseded { return nil } catch {
                observer.trouble("\(what): \(error)")
                var isPatient = attempt < 6
                if case .cannotWrite = LabError(database: error, file: lab.databaseFile.relativePath) { isPatient = !shouldStop }
                if !isPatient { return nil }
                _ = wake.wait(timeout: .now() + .seconds(shouldStop ? 0 : 1))
            }
        }
        return nil
    }
}
