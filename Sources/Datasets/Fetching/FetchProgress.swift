/// How far a download has come.
public struct FetchProgress: Sendable, Equatable {
    /// Bytes on disk, those of earlier attempts included.
    public let done: Int64
    /// Bytes of the whole file, where the server says.
    public let total: Int64?
    /// The rate of the last seconds; 0 before there is one.
    let bytesPerSecond: Double

    /// A state of affairs.
    public init(done: Int64, total: Int64?, bytesPerSecond: Double) {
        self.done = done
        self.total = total
        self.bytesPerSecond = bytesPerSecond
    }

    /// Seconds to the end at this rate.
    public var secondsLeft: Double? {
        guard let total, bytesPerSecond > 0 else { return nil }
        return Double(max(0, total - done)) / bytesPerSecond
    }

    /// Part of the file that is there, 0…1.
    public var fraction: Double? {
        guard let total, total > 0 else { return nil }
        return min(1, Double(done) / Double(total))
    }
}

/// What a download tells while it runs.
public enum FetchEvent: Sendable, Equatable {
    /// Bytes came; at most ten times a second, and once at the end.
    case progress(FetchProgress)
    /// The connection failed and is tried again after so many seconds.
    case retrying(FetchError, after: Double)
}
