import Datasets
import Lab
import Specs

/// Says of the data that runs are submitted with whether it is the official content. The answer for a digest is stored in the lab,
/// so that a data set is compared once.
package struct OfficialContentCheck {
    private let lab: Lab
    private let folder: DatasetFolder

    package init(_ lab: Lab, folder: DatasetFolder = .ofEnvironment) {
        self.lab = lab
        self.folder = folder
    }

    /// A line for stderr if the content is another one; nil if it is official, or if no official content is known.
    package func warning(_ name: DatasetName, digest: String) throws -> String? {
        let kind = DatasetKind(name)
        if case .own = kind.format { return nil }
        // No file has this path: it is not absolute.
        let key = "official content of \(name.name) \(digest)"
        let answer: String
        if let stored = try lab.digest(ofFile: key, size: 0, modifiedNanoseconds: 0) {
            answer = stored
        } else {
            guard let isOfficial = try folder.isOfficial(kind) else { return nil }
            answer = isOfficial ? "yes" : "no"
            try lab.remember(digest: answer, ofFile: key, size: 0, modifiedNanoseconds: 0)
        }
        guard answer == "no" else { return nil }
        return "warning: \(name.name) is not the official content (digest \(digest.prefix(8))); "
            + "`pcnlab data verify \(name.name)` names what differs"
    }
}
