import Lab
import Specs

/// The file of one run's curve: epoch, loss and accuracies, as in Figure 5.
public struct CurveFile: Sendable {
    /// EXPERIMENT/MODEL-DATASET-sSEED; runs that would share a name have what sets them apart behind it.
    public let name: String
    public let run: RunSummary

    /// The name, and what the file is.
    public var path: String { "\(name).csv" }

    /// The files of an experiment's runs.
    public static func files(of runs: [RunSummary], experiment: String) -> [CurveFile] {
        let plain = { (run: RunSummary) in "\(run.model)-\(run.settings.dataset.rawValue)-s\(run.settings.seed)" }
        let names = Dictionary(grouping: runs, by: plain)
        let described = { (run: RunSummary) in
            ([plain(run)] + run.settings.deviationsFromPaper.map { slug($0.text) }).joined(separator: "-")
        }
        return runs.map { run in
            let name = names[plain(run), default: []].count == 1 ? plain(run) : described(run)
            return CurveFile(name: "\(folder(experiment))/\(name)", run: run)
        }
    }

    /// The file's contents.
    public static func csv(_ epochs: [EpochRow]) -> String {
        "epoch,loss,train_accuracy,test_accuracy\n"
            + epochs.map { "\($0.epoch),\($0.loss),\($0.trainAccuracy),\($0.testAccuracy)\n" }.joined()
    }

    /// An experiment's folder bears its name, which every file system takes: no two share one. A name that no spec can give,
    /// as only a database altered by hand has it, is made harmless.
    private static func folder(_ experiment: String) -> String {
        ExperimentName.isSuitable(experiment) ? experiment : "_" + slug(String(experiment.unicodeScalars.prefix(30)))
    }

    /// `text` as part of a file's name.
    private static func slug(_ text: String) -> String {
        let words = text.replacing("λ", with: "lambda").replacing("ε", with: "epsilon")
        return String(words.map { $0.isLetter || $0.isNumber || "._-+".contains($0) ? $0 : "_" })
    }
}
