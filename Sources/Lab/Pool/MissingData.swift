import Synchronization

/// What a pool knows of the data that its runs need. Data that is missing is looked for again after two seconds, later after half a
/// minute.
final class MissingData: Sendable {
    private enum Look {
        case found
        /// `next` is a time of the lab's monotonic clock; both in milliseconds.
        case missed(reason: String, next: Int64, delay: Int64)
    }

    private let looks = Mutex<[RunData: Look]>([:])

    /// All data that was missing at the last look.
    var all: Set<RunData> { absent(at: .min) }

    /// The missing data that need not be looked for yet.
    func absent(at now: Int64) -> Set<RunData> {
        looks.withLock { looks in
            Set(looks.filter { if case .missed(_, let next, _) = $0.value { next > now } else { false } }.keys)
        }
    }

    /// From now on all missing data is to be looked for again.
    func lookAgain() {
        looks.withLock { looks in
            for case (let data, .missed(let reason, _, let delay)) in looks {
                looks[data] = .missed(reason: reason, next: 0, delay: delay)
            }
        }
    }

    /// Returns whether this is news: nil if the data was there before.
    func found(_ data: RunData) -> News? {
        switch looks.withLock({ $0.updateValue(.found, forKey: data) }) {
        case nil: .firstLook
        case .found: nil
        case .missed: .cameBack
        }
    }

    enum News { case firstLook, cameBack }

    /// Returns whether the reason is not that of any data that is missing already.
    func missed(_ data: RunData, _ reason: String, at now: Int64) -> Bool {
        looks.withLock { looks in
            var delay: Int64 = 2_000
            if case .missed(_, _, let before) = looks[data] { delay = min(30_000, 2 * before) }
            let isKnown = looks.values.contains { if case .missed(reason, _, _) = $0 { true } else { false } }
            looks[data] = .missed(reason: reason, next: now + delay, delay: delay)
            return !isKnown
        }
    }
}
