import Dispatch
import Synchronization

/// Trains what is queued, some runs at a time. It knows leases and states; training itself is a closure.
public final class WorkerPool: Sendable {
    public struct Configuration: Sendable {
        public var workers: Int
        public var threads: Int
        /// End when nothing is left, rather than wait for more.
        public var drain: Bool
        public var arithmetic: String

        public init(workers: Int, threads: Int, drain: Bool, arithmetic: String) {
            self.workers = workers
            self.threads = threads
            self.drain = drain
            self.arithmetic = arithmetic
        }
    }

    private let lab: Lab
    private let configuration: Configuration
    private let observer: any WorkerPoolObserver
    private let train: @Sendable (Claim, RunControl, _ worker: Int) throws -> TrainingOutcome
    private let active = Mutex<[Int: (claim: Claim, control: RunControl)]>([:])
    private let isStopping = Atomic<Bool>(false)
    private let failures = Atomic<Int>(0)
    /// Why no run can be claimed any more.
    private let fatal = Mutex<LabError?>(nil)
    private let wake = DispatchSemaphore(value: 0)

    public init(
        _ lab: Lab, _ configuration: Configuration, observer: any WorkerPoolObserver,
        train: @escaping @Sendable (Claim, RunControl, _ worker: Int) throws -> TrainingOutcome
    ) {
        self.lab = lab
        self.configuration = configuration
        self.observer = observer
        self.train = train
    }

    /// Works until the queue is empty (`drain`) or `stop` is called; blocks meanwhile. Returns how many runs ended failed
    /// or diverged. Throws `damaged` once the database cannot be read: to wait would not mend it.
    public func run() throws -> Int {
        let beat = DispatchSource.makeTimerSource(queue: DispatchQueue(label: "pcnlab.heartbeat"))
        beat.schedule(deadline: .now() + .milliseconds(250), repeating: .milliseconds(250))
        let count = Mutex(0)
        beat.setEventHandler { @Sendable [self] in
            let tick = count.withLock { tick in
                tick += 1
                return tick
            }
            // Requests are looked for four times a second, so that a pause is prompt; writing waits for every eighth time.
            heartbeat(renewing: tick % 8 == 0)
            if tick % 8 == 0 { releaseAbandoned() }
        }
        releaseAbandoned()
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

    /// Every run stops at its next batch, with a checkpoint, and goes back to the queue. Safe to call from a signal's handler
    /// on a Dispatch queue, and more than once.
    public func stop() {
        isStopping.store(true, ordering: .relaxed)
        active.withLock { active in active.values.forEach { $0.control.stop(.shutdown) } }
        for _ in 0..<configuration.workers { wake.signal() }
    }

    private var shouldStop: Bool { isStopping.load(ordering: .relaxed) }

    private func work(_ worker: Int) {
        while !shouldStop {
            guard let claim = nextClaim() else {
                // Others' runs may still come back to the queue: a drained queue is one with nothing running either.
                if configuration.drain, isDrained() { return }
                _ = wake.wait(timeout: .now() + .milliseconds(configuration.drain ? 100 : 500))
                continue
            }
            let control = RunControl()
            active.withLock { $0[worker] = (claim, control) }
            if shouldStop { control.stop(.shutdown) }
            observer.started(claim, worker: worker)
            let outcome = attempt(claim, control, worker)
            // The lease is renewed until the end is written, however long the database lets that wait.
            finish(claim, outcome, worker)
            active.withLock { $0[worker] = nil }
        }
    }

    private func nextClaim() -> Claim? {
        do {
            return try lab.claim(worker: .current, arithmetic: configuration.arithmetic, threads: configuration.threads)
        } catch {
            if let damage = LabError(database: error, file: lab.databaseFile.relativePath), case .damaged = damage {
                give(up: damage)
            }
            // The run's settings could not be read, and it has failed.
            if case LabError.damaged = error { failures.wrappingAdd(1, ordering: .relaxed) }
            observer.trouble("claiming a run: \(error)")
            return nil
        }
    }

    /// Trains, and says how the attempt ended; nil when it was superseded.
    private func attempt(_ claim: Claim, _ control: RunControl, _ worker: Int) -> AttemptOutcome? {
        do {
            switch try train(claim, control, worker) {
            case .completed(let figures): return .completed(figures)
            case .diverged(let text): return .diverged(text)
            case .stopped: return outcome(of: control.stopReason)
            }
        } catch LabError.superseded {
            return nil
        } catch {
            // Told to stop while it could not write: what it would have written is trained again from the last checkpoint.
            return control.shouldStop ? outcome(of: control.stopReason) : .failed("\(error)")
        }
    }

    private func outcome(of reason: StopReason?) -> AttemptOutcome? {
        switch reason {
        case .asked(let request): .stopped(request)
        case .superseded: nil
        case .shutdown, nil: .released("worker stopped")
        }
    }

    private func finish(_ claim: Claim, _ outcome: AttemptOutcome?, _ worker: Int) {
        guard let outcome else {
            observer.ended(claim, worker: worker, outcome: .released("superseded"), state: nil)
            return
        }
        let state = persistently("ending run \(claim.run)") { try lab.finish(outcome, run: claim.run, attempt: claim.attempt) }
        if state == .failed || state == .diverged { failures.wrappingAdd(1, ordering: .relaxed) }
        observer.ended(claim, worker: worker, outcome: outcome, state: state)
    }

    private func give(up error: LabError) {
        fatal.withLock { $0 = $0 ?? error }
        stop()
    }

    private func isDrained() -> Bool {
        do {
            let counts = try lab.stateCounts()
            return counts[.queued, default: 0] == 0 && counts[.running, default: 0] == 0
        } catch LabError.damaged(let file, let reason) {
            give(up: .damaged(file: file, reason: reason))
        } catch {
            observer.trouble("counting what is left: \(error)")
        }
        return false
    }

    private func heartbeat(renewing: Bool) {
        let held = active.withLock { $0.values.map { $0 } }
        guard !held.isEmpty else { return }
        do {
            // Requests first: reading them waits for nobody.
            let claims = held.map { (run: $0.claim.run, attempt: $0.claim.attempt) }
            let answers = try lab.requests(claims)
            for (entry, answer) in zip(held, answers) {
                switch answer {
                case .goOn: break
                case .asked(let request): entry.control.stop(.asked(request))
                case .superseded: entry.control.stop(.superseded)
                }
            }
            if renewing { try lab.renewLeases(claims) }
        } catch {
            // A busy database is no reason to stop training: the next beat tries again.
            observer.trouble("the heartbeat: \(error)")
        }
    }

    private func releaseAbandoned() {
        do { try lab.releaseAbandoned() } catch { observer.trouble("freeing abandoned runs: \(error)") }
    }

    /// A result must not be lost to a database that is busy for a while: tries six times, a second apart, each as long as
    /// SQLite waits for a busy database; or to a disk that is full, for as long as that is so. After that the lease runs out and
    /// the run is trained again from its checkpoint.
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
