import Lab
import Specs
import Synchronization

/// Admits a run if the memory holds it beside the runs that the pool trains already. Data sets are counted once.
///
/// A run that does not fit even alone is admitted: its training refuses it with an error that says so, and it does not block the
/// queue.
final class MemoryAdmission: RunAdmission {
    private let limit: Int
    private let running = Mutex<[Int: Settings]>([:])

    init(limit: Int) { self.limit = limit }

    func reserve(_ run: String, _ settings: Settings, worker: Int) -> AdmissionAnswer {
        running.withLock { running in
            let others = Array(running.filter { $0.key != worker }.values)
            if settings.bytesAlone <= limit, !others.isEmpty, Self.bytes(others + [settings]) > limit {
                let used = gigabytes(Self.bytes(others)), needed = gigabytes(settings.bytesAlone)
                return .waits(
                    "run \(run.prefix(8)) waits for memory: it needs \(needed), and \(used) of \(gigabytes(limit)) are in use")
            }
            running[worker] = settings
            return .admitted
        }
    }

    func release(worker: Int) { running.withLock { _ = $0.removeValue(forKey: worker) } }

    private static func bytes(_ runs: [Settings]) -> Int {
        MemoryLimit.ofProcess + Set(runs.map(\.dataset)).reduce(0) { $0 + $1.bytes }
            + runs.reduce(0) { $0 + $1.bytesBesideDataset }
    }
}
