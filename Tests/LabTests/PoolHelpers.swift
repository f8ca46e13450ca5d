import Foundation
import Synchronization

@testable import Lab

/// Remembers what a pool told it.
final class Watcher: WorkerPoolObserver {
    struct End: Equatable {
        let run: String
        let outcome: AttemptOutcome
        let state: RunState?
    }

    private let lists = Mutex<(started: [String], ends: [End], troubles: [String], notices: [String])>(([], [], [], []))

    var started: [String] { lists.withLock { $0.started } }
    var ends: [End] { lists.withLock { $0.ends } }
    var notices: [String] { lists.withLock { $0.notices } }
    var troubles: [String] { lists.withLock { $0.troubles } }

    func started(_ claim: Claim, worker: Int) { lists.withLock { $0.started.append(claim.run) } }

    func ended(_ claim: Claim, worker: Int, outcome: AttemptOutcome, state: RunState?) {
        lists.withLock { $0.ends.append(End(run: claim.run, outcome: outcome, state: state)) }
    }

    func notice(_ text: String) { lists.withLock { $0.notices.append(text) } }

    func trouble(_ text: String) { lists.withLock { $0.troubles.append(text) } }
}

/// What stands in for training in a pool's tests.
typealias Training = @Sendable (Claim, RunControl, Int) throws -> TrainingOutcome

extension Lab {
    func pool(
        _ watcher: Watcher, workers: Int = 1, drain: Bool = true, admission: any RunAdmission = UnlimitedAdmission(),
        reasonToWait: (@Sendable (RunData) throws -> String?)? = nil, training: @escaping Training
    ) -> WorkerPool {
        let configuration = WorkerPool.Configuration(workers: workers, threads: 1, drain: drain, arithmetic: "Haswell")
        return WorkerPool(
            self, configuration, observer: watcher, admission: admission, reasonToWait: reasonToWait, train: training)
    }

    /// Records all epochs at once.
    var quickTraining: Training {
        { [self] claim, _, _ in
            try record(epochs: 1...claim.settings.epochs, of: claim)
            return .completed(.sample)
        }
    }
}

/// Trains until it is told to stop; gives up after two minutes.
let endlessTraining: Training = { _, control, _ in
    guard eventually({ control.shouldStop }) else { throw NeverStopped() }
    return .stopped
}

struct NeverStopped: Error {}

/// A pool at work on a thread of its own.
final class PoolAtWork: Sendable {
    let pool: WorkerPool
    private let result = Mutex<Result<Int, any Error>?>(nil)

    init(_ pool: WorkerPool) {
        self.pool = pool
        DispatchQueue(label: "pool").async { [self] in
            let ended = Result { try pool.run() }
            result.withLock { $0 = ended }
        }
    }

    /// What `run` returned; nil if it did not return within some seconds.
    func failed(within seconds: Double = 120) -> Int? {
        _ = eventually(within: seconds) { result.withLock { $0 } != nil }
        return try? result.withLock { $0 }?.get()
    }
}
