import Foundation

/// The location of a data set.
public enum DatasetLocation: Equatable, Sendable {
    /// The official files, plain or gzipped: one path for each file, in the registry's order.
    case folder([URL])
    /// The official .tar.gz in the datasets folder.
    case archive(URL)
    /// None: the program generates it.
    case generated
    /// These files are missing below `root`.
    case missing(root: URL, files: [String])

    /// Whether it can be read.
    public var isPresent: Bool {
        if case .missing = self { false } else { true }
    }
}
