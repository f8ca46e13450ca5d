import Foundation
import Lab
import Reports

extension Report {
    /// Computes and writes the confusion matrix of one run.
    func reportConfusion(_ lab: Lab, _ run: String) throws {
        let inference = try RunInference(lab, run: run, threads: ProcessInfo.processInfo.activeProcessorCount)
        var matrix = ConfusionMatrix(
            title: inference.title, classNames: inference.classNames,
            samples: inference.weights.run.settings.graphNodes == nil ? "images" : "nodes")
        for image in try inference.testClasses() { matrix.add(actual: image.actual, predicted: image.predicted) }
        let text = try matrix.render(format.name)
        if let output { try write(text, to: URL(fileURLWithPath: output)) } else { Terminal.output.write(text) }
        guard let plots else { return }
        let name = "\(inference.weights.fileName(expanded: false))-confusion.svg"
        try write(matrix.svg, to: URL(fileURLWithPath: plots, isDirectory: true).appending(path: name))
        Terminal.error.line("\(name) in \(URL(fileURLWithPath: plots).relativePath)")
    }
}
