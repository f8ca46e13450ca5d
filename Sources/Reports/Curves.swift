import Lab
import Specs

/// The file of one run's curve: epoch, loss and accuracies, as in Figure 5.
public struct CurveFile: Sendable {
    /// EXPERIMENT/MODEL-DATASET-sSEED-ID, where ID is the beginning of the run's id, and EXPERIMENT as `ExperimentName.folder` says.
    /// It follows from the run alone: no epoch and no other run changes it.
    public let name: String
    public let experiment: String
    public let run: RunSummary

    /// The file's path: the name with its extension.
    public var path: String { "\(name).csv" }

    /// The files of an experiment's runs.
    public static func files(of runs: [RunSummary], experiment: String) -> [CurveFile] {
        let name = { (run: RunSummary, digits: Int) in
            "\(run.model)-\(run.settings.dataset.label)-s\(run.settings.seed)-\(run.id.prefix(digits))"
        }
        var counts: [String: Int] = [:]
        for run in runs { counts[name(run, 8), default: 0] += 1 }
        let folder = ExperimentName.folder(experiment)
        return runs.map { run in
            // Of runs that share eight digits, the whole id.
            CurveFile(
                name: "\(folder)/\(name(run, counts[name(run, 8)] == 1 ? 8 : 16))", experiment: experiment, run: run)
        }
    }

    /// The file's contents. A run with validation images has a column for them; a trial of a search has it in place of the test accuracy.
    public static func csv(_ epochs: [EpochRow]) -> String {
        var columns: [(name: String, text: (EpochRow) -> String)] = [
            ("epoch", { "\($0.epoch)" }), ("loss", { "\($0.loss)" }), ("train_accuracy", { "\($0.trainAccuracy)" }),
        ]
        if epochs.contains(where: { $0.validationAccuracy != nil }) {
            columns.append(("validation_accuracy", { $0.validationAccuracy.map { "\($0)" } ?? "" }))
        }
        if epochs.isEmpty || epochs.contains(where: { $0.testAccuracy != nil }) {
            columns.append(("test_accuracy", { $0.testAccuracy.map { "\($0)" } ?? "" }))
        }
        let lines = [columns.map(\.name)] + epochs.map { row in columns.map { $0.text(row) } }
        return lines.map { $0.joined(separator: ",") + "\n" }.joined()
    }

    /// The files of an experiment's or several experiments' runs.
    /// - Parameter experiments: those of a run.
    public static func files(of runs: [RunSummary], in experiments: (RunSummary) -> [String]) -> [CurveFile] {
        // By folder: a dictionary takes names for one that differ only in how accents are composed.
        var folders: [String: (experiment: String, runs: [RunSummary])] = [:]
        for run in runs {
            for name in experiments(run) { folders[ExperimentName.folder(name), default: (name, [])].runs.append(run) }
        }
        return folders.sorted { $0.key < $1.key }.flatMap { files(of: $0.value.runs, experiment: $0.value.experiment) }
    }

    /// The contents of `index.csv`: a line for each file, with its run's state and all of its settings.
    /// - Parameter path: of a file or folder, relative to the index.
    public static func index(_ files: [CurveFile], path: (CurveFile) -> String = \.path) -> String {
        let settings = Settings.keys
        let lines = files.map { file in
            [path(file), file.run.id, file.run.model, file.run.state.rawValue, "\(file.run.epoch)", file.run.datasetDigest]
                + file.run.settings.texts + [file.experiment]
        }
        let titles = ["file", "id", "model", "state", "epoch", "dataset_digest"] + settings + ["experiment"]
        return ([titles] + lines).map { CSV.line($0) }.joined()
    }
}
