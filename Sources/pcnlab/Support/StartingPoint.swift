import Foundation
import Specs

/// The files that `init` writes.
struct StartingPoint {
    /// The folder's name, where it can be an experiment's.
    private let name: String

    static let commands = ["pcnlab submit experiment.json", "pcnlab work --drain", "pcnlab report"]

    init(folder: URL) {
        let last = folder.standardizedFileURL.lastPathComponent
        name = ExperimentName.isSuitable(last) ? last : "first"
    }

    var files: [(name: String, contents: String)] {
        [("experiment.json", spec), ("experiment.schema.json", ExperimentSchema.text), ("README.md", readme)]
    }

    /// Half a minute of training on images that need no download.
    private var spec: String {
        """
        {
          "$schema": "experiment.schema.json",
          "name": \((try? JSONOutput.text(name)) ?? "\"first\""),
          "description": "Point clouds beside dense and low-rank layers",
          "architecture": "linearnet",
          "dataset": "shapes",
          "input_scale": "standard",
          "epochs": 6,
          "batch_size": 256,
          "optimizer": "adam",
          "learning_rate": 0.001,
          "seed": 1,
          "lambda": 4.9,
          "sweep": { "linear": ["pcn", "low_rank", "mlp"] },
          "include": [ { "linear": "pcn", "d": 4 } ]
        }

        """
    }

    private var readme: String {
        let settings = SettingField.all.map { "| `\($0.key)` | \($0.summary) | \($0.defaultText) |" }
        return """
            # An experiment of pcnlab

            `experiment.json` describes runs. The next commands, in this folder:

            ```sh
            \(Self.commands.joined(separator: "\n"))
            ```

            `pcnlab submit --dry-run experiment.json` shows the runs, their parameters and their estimated time, and queues nothing. The
            lab, with its database and checkpoints, is the folder `.pcnlab` here.

            ## What the spec says

            The settings at its top are those of every run. `sweep` has lists of values, and there is a run for each combination of them;
            `include` adds single runs, and `exclude` removes those that match. `search` stands in place of them: trials drawn at random, of which
            the best are trained to their end. A run that has no use for a setting goes without it: an
            `mlp` has no `lambda`. `name` is the experiment's name in reports. An editor that knows JSON Schema completes and explains
            every field by `experiment.schema.json`.

            | setting | is | default |
            | --- | --- | --- |
            \(settings.joined(separator: "\n"))

            """
    }
}
