import Foundation
import Specs

extension ClusterSettings {
    package static let fileName = "cluster.json"

    /// Those of a lab's folder; the defaults where there is no file. Throws `SpecDiagnostics` or `Failure`.
    package static func ofLab(_ folder: URL) throws -> ClusterSettings {
        let file = folder.appending(path: fileName)
        guard FileManager.default.fileExists(atPath: file.path) else { return ClusterSettings() }
        return try decode(try readSpecText(file.relativePath), file: file.relativePath)
    }
}
