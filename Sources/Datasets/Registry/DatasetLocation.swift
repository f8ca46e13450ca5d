import Foundation

/// The location of a data set.
public enum DatasetLocation: Equatable, Sendable {
    /// The official files or their equivalents, plain or gzipped: one path for each file, in the registry's order.
    case folder([URL], DatasetEncoding = .binary)
    /// An archive of them in the datasets folder, plain or gzipped.
    case archive(URL, DatasetEncoding = .binary)
    /// None: the program generates it.
    case generated
    /// These files are missing below `root`.
    case missing(root: URL, files: [String])

    /// Whether it can be read.
    public var isPresent: Bool {
        if case .missing = self { false } else { true }
    }
}
