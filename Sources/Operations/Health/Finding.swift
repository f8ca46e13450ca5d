import Specs

/// A line of the output of `doctor`.
package struct Finding: Encodable, Sendable {
    package let subject: String
    package let isFine: Bool
    package let detail: String
    /// What to do, or what was done; nil if nothing is wrong.
    @Nullable package private(set) var remedy: String?

    package static func fine(_ subject: String, _ detail: String) -> Finding {
        Finding(subject: subject, isFine: true, detail: detail, remedy: nil)
    }

    package static func wrong(_ subject: String, _ detail: String, remedy: String) -> Finding {
        Finding(subject: subject, isFine: false, detail: detail, remedy: remedy)
    }
}
