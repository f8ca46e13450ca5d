import Foundation
import Lab
import Training

/// A run's weights as a file.
package struct ExportedWeights: Sendable {
    /// The file, without a folder, and what is in it.
    package let file: WrittenWeights
    package let bytes: Data

    /// The format of this name. Throws for an unknown one.
    static func format(_ name: String) throws -> WeightFormat {
        guard let format = WeightFormat.all.first(where: { $0.name == name }) else {
            let known = WeightFormat.all.map(\.name).joined(separator: ", ")
            throw Failure("format: \(name.debugDescription) is no format of weights; give one of \(known)", status: .usage)
        }
        return format
    }

    /// - Parameter format: the name of a `WeightFormat`. Throws for an unknown one, and for a run without weights.
    package init(_ lab: Lab, _ run: String, format: String, expand: Bool) throws {
        guard let summary = try lab.runs(RunFilter(ids: [run])).first else { throw LabError.noSuchRun(run) }
        let place = FileManager.default.temporaryDirectory.appending(path: "pcnlab-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: place) }
        file = try lab.writeWeights(of: summary, format: format, expand: expand) { _ in place }
        bytes = try Data(contentsOf: place)
    }
}
