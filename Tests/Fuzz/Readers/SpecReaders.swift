import Specs

extension Reader {
    private static let base = #""name": "t", "architecture": "linearnet", "dataset": "shapes""#

    /// The spec's parser, expansion and diagnostics.
    static let spec = Reader(
        name: "spec",
        corpus: [
            "{\(base)}", "{\(base), \"linear\": \"mlp\", \"widths\": [8, 4], \"seed\": 9223372036854775807}",
            "{\(base), \"lambda\": 1e0, \"ε\": 0.1, \"sweep\": {\"d\": [4, 8], \"seed\": [1, 2, 3]},\n\"exclude\": [{\"d\": 4, \"seed\": 2}]}",
            "{\(base), \"include\": [{\"linear\": \"mlp\"}, {\"linear\": \"low_rank\", \"d\": 2, \"optimizer\": \"adam\"}]}",
            "{\(base), \"description\": \"\\ud83d\\ude00 λ\", \"epochs\": 7, \"schedule\": \"cosine\", \"train_samples\": 10}",
        ].map { Array($0.utf8) },
        pieces: pieces(["\"sweep\":", "\"include\":", "\"exclude\":", "\"name\":", "\"description\":"])
    ) { input, _ in
        do {
            let experiment = try Experiment.decode(input, file: "f.json")
            try promise(!experiment.runs.isEmpty && Set(experiment.runs).count == experiment.runs.count, "runs repeat")
            for run in experiment.runs.prefix(2) { try check(run) }
        } catch let diagnostics as SpecDiagnostics {
            try check(diagnostics)
            throw diagnostics
        }
    }

    private static func check(_ settings: Settings) throws {
        try promise(
            (try? Settings(canonicalJSON: settings.canonicalJSON)) == settings, "settings are not read back as written")
        _ = (settings.model, settings.linearParameters, settings.multiplyAddsPerEpoch.total)
        _ = settings.runIdentity(datasetDigest: "d")
    }

    private static func check(_ diagnostics: SpecDiagnostics) throws {
        try promise(!diagnostics.lines.isEmpty, "refused without a reason")
        for line in diagnostics.lines.prefix(20) {
            try promiseOneLine(line)
            try promise(line.hasPrefix("f.json:") && line.utf8.count < 4000, "a fault's line: \(line.prefix(200))")
        }
    }

    /// A run's settings as stored in the database.
    static let settings = Reader(name: "settings", corpus: settingsCorpus, pieces: pieces([])) { input, _ in
        do {
            try check(try Settings(canonicalJSON: String(decoding: input, as: UTF8.self)))
        } catch let diagnostics as SpecDiagnostics {
            try promise(!diagnostics.lines.isEmpty, "refused without a reason")
            throw diagnostics
        }
    }

    static let settingsCorpus: [[UInt8]] =
        [
            Settings(dataset: .shapes), Settings(linear: .mlp, widths: [7, 3], dataset: .cifar10, seed: .max),
            Settings(architecture: .convnet, linear: .lowRank, d: 3, dataset: .mnist, epochs: 40, schedule: .cosine),
        ].map { Array($0.canonicalJSON.utf8) }
        + [
            #"{"architecture":"linearnet","d":16,"dataset":"path:/a","dataset_shape":[5,2,1,4,3],"linear":"pcn"}"#
        ].map { Array($0.utf8) }

    private static func pieces(_ more: [String]) -> [[UInt8]] {
        let grammar = [
            "{", "}", "[", "]", ",", ":", "\"", "\\", "\\u", "null", "true", "-", "1e", "[]", "{}", "λ", "\"mlp\"", "\"pcn\"",
            "\"d\":",
        ]
        return (grammar + more + SettingField.all.map { "\"\($0.key)\":" }).map { Array($0.utf8) }
    }
}
