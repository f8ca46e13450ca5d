import Foundation
import Lab
import Operations
import Reports

extension Report {
    /// Computes and writes the confusion matrix of one run.
    func reportConfusion(_ lab: Lab, _ run: String) throws {
        if let summary = try lab.runs(RunFilter(ids: [try lab.run(named: run)])).first, summary.isTrial {
            let name = summary.experiments.first.map { " \($0.shellQuoted)" } ?? ""
            throw Failure(
                "run \(summary.id.prefix(8)) is a trial of a search, and test accuracies of trials are not shown; `pcnlab search best\(name)` "
                    + "writes a spec that trains the winner on the whole split", Exit.usage)
        }
        let inference = try RunInference(lab, run: run, threads: ProcessInfo.processInfo.activeProcessorCount)
        var matrix = ConfusionMatrix(
            title: inference.title, classNames: inference.classNames,
            samples: inference.weights.run.settings.graphNodes == nil ? "images" : "nodes")
        for image in try inference.testClasses() { matrix.add(actual: image.actual, predicted: image.predicted) }
        let text = try matrix.render(format.name)
        if let output { try write(text, to: given(output)) } else { Terminal.output.write(text) }
        guard let plots else { return }
        let name = "\(inference.weights.fileName(expanded: false))-confusion.svg"
        let folder = try given(plots, isFolder: true)
        try write(matrix.svg, to: folder.appending(path: name))
        Terminal.error.line("\(name) in \(folder.relativePath)")
    }
}
