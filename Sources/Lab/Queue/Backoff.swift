/// How long a run that failed waits for its next attempt. Most errors last longer than a moment: a full quota, a file server that is
/// away, memory that other programs use.
public struct Backoff: Sendable {
    /// Milliseconds after the first failure, the second, and so on; the last also applies to all later ones.
    let delays: [Int64]

    /// Seconds, then minutes.
    public static let standard = Backoff(delays: [5_000, 120_000])

    /// Milliseconds after this number of failures.
    public func delay(after failures: Int) -> Int64 {
        guard failures > 0, let last = delays.last else { return 0 }
        return failures <= delays.count ? delays[failures - 1] : last
    }

    /// As an array in JSON, for `isDue`.
    var json: String { "[" + delays.map(String.init).joined(separator: ",") + "]" }

    /// Whether a queued run is due at `:now`, with the delays in `:delays`. If the last attempt did not fail, the run has no `error` of
    /// it and is due. So is every run after the clock was set back.
    static let isDue = """
        (failures = 0 OR error IS NULL OR NOT EXISTS (
            SELECT 1 FROM attempts WHERE run_id = runs.id AND number = runs.attempt AND ended_at <= :now AND ended_at + coalesce(
                (SELECT value FROM json_each(:delays) WHERE key = min(failures, json_array_length(:delays)) - 1), 0) > :now))
        """
}
