/// Which of the two parts of a data set: the one that is trained on or the one that is held out.
public enum Split: String, CaseIterable, Sendable, CustomStringConvertible {
    case train, test

    /// `train` or `test`.
    public var description: String { rawValue }
}
