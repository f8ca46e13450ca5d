import Lab
import Specs

/// The file of one run's curve: epoch, loss and accuracies, as in Figure 5.
public struct CurveFile: Sendable {
    /// EXPERIMENT/MODEL-DATASET-sSEED-ID, where ID is the beginning of the run's id.
    public let name: String
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
        let folder = folder(experiment)
        return runs.map { run in
            // Of runs that share eight digits, the whole id.
            CurveFile(name: "\(folder)/\(name(run, counts[name(run, 8)] == 1 ? 8 : 16))", run: run)
        }
    }

    /// The file's contents.
    public static func csv(_ epochs: [EpochRow]) -> String {
        "epoch,loss,train_accuracy,test_accuracy\n"
            + epochs.map { "\($0.epoch),\($0.loss),\($0.trainAccuracy),\($0.testAccuracy)\n" }.joined()
    }

    /// The contents of `index.csv`: a line for each file, with its run's state and all of its settings.
    public static func index(_ files: [CurveFile]) -> String {
        let settings = Settings.keys
        let lines = files.map { file in
            [file.path, file.run.id, file.run.model, file.run.state.rawValue, "\(file.run.epoch)", file.run.datasetDigest]
                + file.run.settings.texts
        }
        return ([["file", "id", "model", "state", "epoch", "dataset_digest"] + settings] + lines).map { CSV.line($0) }.joined()
    }

    /// The folder of an experiment has its name, which every file system accepts, so that no two share one. Only a database
    /// altered by hand has other names; their characters are replaced.
    private static func folder(_ experiment: String) -> String {
        // The folders are beside index.csv.
        if ExperimentName.isSuitable(experiment), experiment != "index.csv" { return experiment }
        let characters = String(experiment.unicodeScalars.prefix(30)).map { character in
            character.isLetter || character.isNumber || "._-+".contains(character) ? character : "_"
        }
        return "_" + String(characters)
    }
}
