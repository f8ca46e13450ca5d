/// The kinds of faults.
enum FaultKind: String, CaseIterable, Sendable {
    /// A run is removed, and submitted again.
    case removed
    /// The runs are extended by mistake; then the extension is cancelled, or the corrected spec is submitted.
    case extendedByMistake
    /// The runs are paused and resumed.
    case paused
    /// SIGKILL at a random time.
    case killed
    /// SIGKILL at a chosen call of the C library.
    case killedAtPoint
    /// SIGTERM: the worker saves a checkpoint and ends.
    case terminated
    /// SIGSTOP, and SIGCONT within a second.
    case held
    /// SIGSTOP for longer than a lease while another worker runs, then SIGCONT.
    case stoppedPastLease
    /// The disk is full for some seconds.
    case diskFull
    /// Writing checkpoints is denied for some seconds.
    case denied
    /// Another process holds the database's write lock.
    case busy
    /// The time of day is shifted forward or back by up to years.
    case clockTurned
    /// Bits of a checkpoint are flipped while no worker runs.
    case checkpointFlipped
    /// A checkpoint is truncated.
    case checkpointCut
    /// A checkpoint is removed.
    case checkpointLost
    /// The write-ahead log is truncated: the last commits are lost.
    case logCut
    /// Bits of the write-ahead log are flipped.
    case logFlipped

    /// Relative frequency. Kinds that take half a minute are rare.
    var weight: Int {
        switch self {
        case .killed: 12
        case .killedAtPoint: 12
        case .stoppedPastLease: 1
        case .removed, .extendedByMistake, .paused: 3
        case .diskFull, .denied, .busy, .clockTurned, .held, .terminated: 4
        case .checkpointFlipped, .checkpointCut, .checkpointLost, .logCut, .logFlipped: 6
        }
    }
}
