/// The progress of a download.
public struct FetchProgress: Sendable, Equatable {
    /// Bytes on disk, including those of earlier attempts.
    public let done: Int64
    /// Size of the whole file, if the server gives it.
    public let total: Int64?
    /// The rate over the last seconds; 0 if it is not known yet.
    let bytesPerSecond: Double

    /// Progress with given values.
    public init(done: Int64, total: Int64?, bytesPerSecond: Double) {
        self.done = done
        self.total = total
        self.bytesPerSecond = bytesPerSecond
    }

    /// Remaining seconds at this rate.
    public var secondsLeft: Double? {
        guard let total, bytesPerSecond > 0 else { return nil }
        return Double(max(0, total - done)) / bytesPerSecond
    }

    /// Fraction of the file that is on disk, 0…1.
    public var fraction: Double? {
        guard let total, total > 0 else { return nil }
        return min(1, Double(done) / Double(total))
    }
}

/// An event of a running download.
public enum FetchEvent: Sendable, Equatable {
    /// Bytes were received; at most ten times a second, and once at the end.
    case progress(FetchProgress)
    /// The connection failed and is retried after a number of seconds.
    case retrying(FetchError, after: Double)
}
