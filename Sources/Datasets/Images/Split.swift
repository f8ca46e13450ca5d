/// One of the two parts of a data set: the training images or the test images.
public enum Split: String, CaseIterable, Sendable, CustomStringConvertible {
    case train, test

    /// `train` or `test`.
    public var description: String { rawValue }
}
