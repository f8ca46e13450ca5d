import Foundation
import Lab
import Training

/// A run's weights as a file.
package struct ExportedWeights: Sendable {
    /// A name for the file.
    package let name: String
    package let bytes: Data

    /// - Parameter format: the name of a `WeightFormat`. Throws for an unknown one, and for a run without weights.
    package init(_ lab: Lab, _ run: String, format name: String, expand: Bool) throws {
        guard let format = WeightFormat.all.first(where: { $0.name == name }) else {
            let known = WeightFormat.all.map(\.name).joined(separator: ", ")
            throw Failure("format: \(name.debugDescription) is no format of weights; give one of \(known)", status: .usage)
        }
        guard let summary = try lab.runs(RunFilter(ids: [run])).first else { throw LabError.noSuchRun(run) }
        let weights = try WeightsOfRun(lab, summary)
        let scale = format.isModel ? try DatasetCache(lab).pixelScale(of: summary) : nil
        let export = try weights.export(expanded: expand || format.isModel, scale: scale)
        let file = FileManager.default.temporaryDirectory.appending(path: "pcnlab-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: file) }
        _ = try format.write(export, to: file)
        bytes = try Data(contentsOf: file)
        self.name = "\(weights.fileName(expanded: expand && !format.isModel)).\(format.name)"
    }
}
