/// What can happen to a lab that is at work.
enum FaultKind: String, CaseIterable, Sendable {
    /// SIGKILL at any instant.
    case killed
    /// SIGKILL at a named call.
    case killedAtPoint
    /// SIGTERM: the worker ends with a checkpoint.
    case terminated
    /// SIGSTOP for a moment, then SIGCONT.
    case held
    /// SIGSTOP for longer than a lease, with another worker there, then SIGCONT.
    case stoppedPastLease
    /// No room on the disk for some seconds.
    case diskFull
    /// Checkpoints may not be written for some seconds.
    case denied
    /// Another process holds the database.
    case busy
    /// The time of day turned, forward or back, by up to years.
    case clockTurned
    /// Bits of a checkpoint flipped, while nothing runs.
    case checkpointFlipped
    /// A checkpoint cut short.
    case checkpointCut
    /// A checkpoint gone.
    case checkpointLost
    /// The end of the write-ahead log cut off: the last commits are lost.
    case logCut
    /// Bits of the write-ahead log flipped.
    case logFlipped

    /// How often it is chosen. What takes half a minute is rare.
    var weight: Int {
        switch self {
        case .killed: 12
        case .killedAtPoint: 12
        case .stoppedPastLease: 1
        case .diskFull, .denied, .busy, .clockTurned, .held, .terminated: 4
        case .checkpointFlipped, .checkpointCut, .checkpointLost, .logCut, .logFlipped: 6
        }
    }
}
