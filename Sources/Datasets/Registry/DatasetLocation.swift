import Foundation

/// Where a data set lies.
public enum DatasetLocation: Equatable, Sendable {
    /// The official files lie on disk, plain or each gzipped: one path a file, in the registry's order.
    case folder([URL])
    /// The official .tar.gz lies in the datasets folder.
    case archive(URL)
    /// The program makes it.
    case generated
    /// It is not below `root`, or these files of it are not.
    case missing(root: URL, files: [String])

    /// Whether it can be read.
    public var isPresent: Bool {
        if case .missing = self { false } else { true }
    }
}
