import Testing

@testable import Specs

/// What the decoder says about a spec, file name left off; nothing where it accepts it.
func diagnosticLines(_ spec: String, file: String = "t") -> [String] {
    do throws(SpecDiagnostics) {
        _ = try Experiment.decode(spec.utf8, file: file)
        return []
    } catch {
        return error.lines.map { String($0.dropFirst(file.count + 1)) }
    }
}

@Suite struct DiagnosticTests {
    /// A spec that lacks nothing, with more fields on its second line.
    private func spec(_ fields: String) -> String {
        "{\"name\": \"t\", \"architecture\": \"linearnet\", \"dataset\": \"mnist\",\n\(fields)}"
    }

    static let single: [(fields: String, line: String)] = [
        (#""epochs": "many""#, #"2:11: epochs: found "many"; expected a whole number ≥ 1"#),
        (#""epochs": 0"#, "2:11: epochs: 0 is out of range; expected a whole number ≥ 1 (from 1 to 1,000,000,000)"),
        (#""epochs": 1.5"#, "2:11: epochs: found 1.5; expected a whole number ≥ 1"),
        (#""d": 513"#, "2:6: d: 513 is out of range; expected a whole number from 1 to 512"),
        (
            #""seed": 9223372036854775808"#,
            "2:9: seed: 9223372036854775808 is out of range; expected a whole number from 0 to 2^63−1"
        ),
        (#""lambda": 0"#, "2:11: lambda: 0 is out of range; expected a number > 0 (from 1e-30 to 1e+30)"),
        (#""epsilon": -1e999"#, "2:12: epsilon: -1e999 is out of range; expected a number > 0 (from 1e-30 to 1e+30)"),
        (#""learning_rate": null"#, "2:18: learning_rate: found null; expected a number > 0"),
        (#""optimizer": "Adam""#, #"2:14: optimizer: unknown value "Adam"; did you mean "adam"?"#),
        (#""schedule": "step""#, #"2:13: schedule: unknown value "step"; did you mean "steps"?"#),
        (
            #""optimizer": "adam", "momentum": 0.9"#,
            "2:22: momentum: no run of this file uses it; it applies where optimizer is sgd"
        ),
        (#""wave": ["sine"]"#, #"2:9: wave: found a list; expected one of "triangle", "sine""#),
        (#""widths": 8"#, "2:11: widths: found 8; expected a list of 1 to 32 whole numbers, each from 2 to 32,768"),
        (
            #""widths": []"#,
            "2:11: widths: a list of 0 is out of range; expected a list of 1 to 32 whole numbers, each from 2 to 32,768"
        ),
        (#""widths": [8, 1]"#, "2:15: widths[1]: 1 is out of range; expected a whole number from 2 to 32,768"),
        (#""epoch": 1"#, #"2:1: epoch: no such field; did you mean "epochs"?"#),
        (#""batchSize": 1"#, #"2:1: batchSize: no such field; did you mean "batch_size"?"#),
        (#""eps": 1"#, #"2:1: eps: no such field; did you mean "epsilon"?"#),
        (#""d": 4, "d": 8"#, #"2:9: d: given twice, first as "d" at line 2, column 1; keep one"#),
        (#""λ": 4, "lambda": 8"#, #"2:9: lambda: given twice, first as "λ" at line 2, column 1; keep one"#),
        (#""name": "u""#, #"2:1: name: given twice, first as "name" at line 1, column 2; keep one"#),
        (#""$schema": 1"#, "2:12: $schema: found 1; expected text in double quotes"),
        (
            #""linear": "mlp", "d": 4"#,
            "2:18: d: no run of this file uses it; it applies where linear is pcn, low_rank, sine_low_rank, neural_field, random_features or group_mask, or convolution is pcn"
        ),
        (
            #""linear": "low_rank", "ε": 4"#,
            "2:23: ε: no run of this file uses it; it applies where linear is pcn, or convolution is pcn"
        ),
        (
            #""sweep": {"linear": ["mlp", "low_rank"], "wave": ["sine"]}"#,
            "2:42: sweep.wave: no run of this file uses it; it applies where linear is pcn, or convolution is pcn"
        ),
        (
            #""d": 4, "sweep": {"linear": ["mlp", "pcn"]}, "exclude": [{"linear": "pcn"}]"#,
            "2:1: d: no run of this file uses it; it applies where linear is pcn, low_rank, sine_low_rank, neural_field, random_features or group_mask, or convolution is pcn"
        ),
        (
            #""include": [{}, {"linear": "mlp", "d": 4}]"#,
            "2:35: include[1].d: does not apply to this run, whose linear is mlp; leave it out, or set linear to pcn, low_rank, sine_low_rank, neural_field, random_features or group_mask"
        ),
        (
            #""linear": "mlp", "include": [{"λ": 4}]"#,
            "2:31: include[0].λ: does not apply to this run, whose linear is mlp; leave it out, or set linear to pcn"
        ),
        (
            #""initialisation": "grid", "d": 2"#,
            "2:19: initialisation: a grid needs two dimensions for the places of the pixels and at least one for their channels; "
                + "d is 2, set it to 3 or more"
        ),
        (
            #""include": [{"architecture": "convnet", "initialisation": "grid"}]"#,
            "2:41: include[0].initialisation: does not apply to this run, whose architecture is convnet; leave it out, or set "
                + "architecture to linearnet: behind convolutions or a lift, and of a graph's nodes, the linear part reads features, which have no places in a "
                + "picture"
        ),
        (
            #""window": "gaussian""#,
            "2:1: window: no run of this file uses it; it applies where linear is pcn, and architecture is linearnet, and "
                + "structure is chain or parallel, and initialisation is grid: a window is over the picture, in which only a grid's points have places"
        ),
        (#""augment": ["turn"]"#, #"2:13: augment[0]: unknown value "turn"; expected one of "flip", "crop""#),
        (
            #""augment": ["flip", "flip"]"#,
            #"2:12: augment: a list with the same name twice is out of range; expected a list of "flip", "crop", each at most once"#
        ),
        (
            #""λ": [1, 2, 3]"#,
            "2:6: λ: a list of 3 for a linear part of 4 layers; expected 4 numbers, one for each hidden width and one for the "
                + "classes, or a single number"
        ),
        (
            #""sweep": {"widths": [[8], [8, 8]], "epsilon": [0.1, [0.1, 0.2]]}"#,
            "2:53: sweep.epsilon[1]: a list of 2 for a linear part of 3 layers; expected 3 numbers, one for each hidden width and "
                + "one for the classes, or a single number"
        ),
        (
            #""structure": "parallel", "λ": [1, 2, 3, 4]"#,
            "2:31: λ: a list of 4 for a linear part of 6 layers; expected 6 numbers, two for each block and one for each other "
                + "layer, or a single number"
        ),
        (
            #""include": [{"architecture": "convnet", "linear": "mlp", "convolution": "pcn", "λ": [1, 2, 3]}]"#,
            "2:85: include[0].λ: a list has a number for each layer of the linear part, and none for the convolutions, which use it "
                + #"too; expected a single number, or set convolution to "dense""#
        ),
        (#""λ": [1, 0, 1, 1]"#, "2:10: λ[1]: 0 is out of range; expected a number > 0 (from 1e-30 to 1e+30)"),
        (
            #""λ": []"#,
            "2:6: λ: a list of 0 is out of range; expected a number > 0, or a list of one for each layer of the linear part "
                + "(from 1e-30 to 1e+30)"
        ),
        (#""dropout": 1"#, "2:12: dropout: 1 is out of range; expected a number from 0 to 0.99"),
        (#""sweep": {"d": []}"#, "2:16: sweep.d: an empty list gives no run; expected at least one value"),
        (#""sweep": {"d": 4}"#, "2:16: sweep.d: found 4; expected a list [ … ] with at least one value"),
        (#""sweep": [4]"#, "2:10: sweep: found a list; expected an object { … } of settings"),
        (#""sweep": {"d": [4, 8, "x"]}"#, #"2:23: sweep.d[2]: found "x"; expected a whole number from 1 to 512"#),
        (#""sweep": {"name": ["x"]}"#, #"2:11: sweep.name: "name" does not belong here; it is a top-level field"#),
        (#""include": {}"#, "2:12: include: found an object; expected a list [ … ] of objects"),
        (#""include": [4]"#, "2:13: include[0]: found 4; expected an object { … } of settings"),
        (
            #""include": [{"linear": "cnn"}]"#,
            #"2:24: include[0].linear: unknown value "cnn"; expected one of "pcn", "mlp", "low_rank", "sine_low_rank", "neural_field", "random_features", "group_mask""#
        ),
        (
            #""exclude": [{}], "include": [{"d": 1}]"#,
            "2:13: exclude[0]: an object without fields would exclude every run; expected at least one field"
        ),
        (#""exclude": [{"d": 4}]"#, "2:13: exclude[0]: matches no run of the product; correct its fields or remove it"),
        (#""exclude": [{"d": 16}]"#, "2:1: exclude: excludes every run of the product; keep at least one, or include one"),
        (
            #""train_samples": 10000001"#,
            "2:18: train_samples: 10000001 is out of range; expected a whole number from 1 to 10,000,000"
        ),
        (
            #""train_samples": 20000, "include": [{"dataset": "shapes"}, {"dataset": "shapes", "seed": 2}]"#,
            "2:18: train_samples: 20,000 is more than Shapes has; expected at most 10,000"
        ),
        (
            #""include": [{"test_samples": 2001, "dataset": "shapes"}]"#,
            "2:30: include[0].test_samples: 2,001 is more than Shapes has; expected at most 2,000"
        ),
        (#""d": 4,"#, "2:7: JSON: comma before }; remove it, or add a value after it"),
        (#""d": [4 8]"#, "2:9: d: found 8; expected a comma or the ] that closes line 2, column 6"),
    ]

    @Test(arguments: single)
    func anErrorIsOneLineWithItsPlaceItsFieldAndTheRemedy(fields: String, line: String) {
        #expect(diagnosticLines(spec(fields)) == [line])
    }

    static let nameRule =
        "expected a name of 1 to 60 characters, without / and control characters, not . or .., no space at its ends"

    @Test(arguments: [
        (
            "{}",
            [
                "1:1: name: missing; \(nameRule)",
                #"1:1: architecture: missing; expected one of "linearnet", "convnet", "alexnet", "conv4", "conv6", "vgg16", "resnet20", "gcn""#,
                #"1:1: dataset: missing; expected one of "cifar10", "cifar100", "mnist", "shapes", "communities", "cora", or "path:DIR" for a folder of your own images"#,
            ]
        ),
        ("", ["1:1: JSON: the file is empty; expected a JSON object { … }"]),
        ("[]", ["1:1: spec: found a list; expected an object { … } of settings"]),
        (
            #"{"name": "x", "architecture": "linearnet", "sweep": {"dataset": ["mnist"]}, "include": [{"d": 4}]}"#,
            [
                #"1:89: include[0].dataset: missing; expected one of "cifar10", "cifar100", "mnist", "shapes", "communities", "cora", or "path:DIR" for a folder of your own images"#
            ]
        ),
        (
            "{\"nmae\": \"x\",\n \"architecture\": \"linearnet\", \"datset\": \"mnist\"}",
            [#"1:2: nmae: no such field; did you mean "name"?"#, #"2:31: datset: no such field; did you mean "dataset"?"#]
        ),
    ])
    func aMissingFieldIsReportedAtItsObject(spec: String, lines: [String]) {
        #expect(diagnosticLines(spec) == lines)
    }

    @Test(arguments: ["", ".", "..", "a/b", "a\\nb", "\\u0085", " a", "a ", String(repeating: "x", count: 61)])
    func namesThatAreNoFileNamesAreRefused(name: String) {
        let lines = diagnosticLines(#"{"name": "\#(name)", "architecture": "linearnet", "dataset": "mnist"}"#)
        #expect(lines.count == 1 && lines[0].hasSuffix("cannot be a name; \(Self.nameRule)"))
    }

    @Test func allErrorsAreReportedInTheOrderOfTheFile() {
        let lines = diagnosticLines(
            """
            {"name": "", "architecture": "resnet5", "dataset": 5, "foo": 1,
             "d": "x", "epochs": 0, "λ": 1, "lambda": 2, "linear": "pcn",
             "sweep": {"wave": [], "seed": [1, -1], "wvae": [1]},
             "include": [{"linear": "mlp", "d": 4}, {"linaer": "mlp", "epsilon": "x"}],
             "exclude": [{"seed": 1, "seed": 2}]}
            """)
        #expect(
            lines.map { $0.split(separator: " ")[0...1].joined(separator: " ") } == [
                "1:10: name:", "1:30: architecture:", "1:52: dataset:", "1:55: foo:", "2:7: d:", "2:22: epochs:",
                "2:33: lambda:", "3:20: sweep.wave:", "3:36: sweep.seed[1]:", "3:41: sweep.wvae:",
                "4:32: include[0].d:", "4:42: include[1].linaer:", "4:70: include[1].epsilon:", "5:26: exclude[0].seed:",
            ])
    }

    @Test func anErrorCausesNoFurtherErrorsElsewhere() {
        // Were it spelt right, the base's d would be used, the included run would have one, the exclusion would match.
        for fields in [
            #""linear": "mlp", "d": 4, "include": [{"linaer": "pcn", "λ": 2}]"#,
            #""linaer": "mlp", "include": [{}, {"linear": "mlp"}], "exclude": [{"linear": "mlp"}]"#,
            #""linear": "mpl", "sweep": {"seed": [1, 2]}, "exclude": [{"linear": "mlp", "seed": 2}]"#,
            #""sweep": {"d": [4, "8"]}, "exclude": [{"d": 8}]"#,
        ] {
            #expect(diagnosticLines(spec(fields)).count == 1, "\(fields)")
        }
    }

    @Test(arguments: [("convent", "pcn"), ("convnet", "pnc")])
    func whatConvolutionsMayHaveIsNotCalledUnusedWhereTheyAreUnknown(architecture: String, convolution: String) {
        let lines = diagnosticLines(
            #"{"name": "t", "architecture": "\#(architecture)", "dataset": "mnist", "linear": "mlp", "#
                + #""convolution": "\#(convolution)", "d": 4}"#)
        #expect(lines.count == 1 && lines[0].contains("unknown value"))
    }

    @Test func tooManyRunsAreCountedWithoutMakingThem() {
        let list = "[" + (1...200).map(String.init).joined(separator: ",") + "]"
        #expect(
            diagnosticLines(spec(#""sweep": {"d": \#(list), "seed": \#(list)}"#))
                == ["2:1: sweep: gives 40,000 runs; a file may have at most 10,000"])
        let keys = [
            "d", "seed", "epochs", "batch_size", "lambda", "epsilon", "learning_rate", "train_samples", "checkpoint_every",
        ]
        let vast = keys.map { "\"\($0)\": \(list)" }.joined(separator: ",")
        #expect(
            diagnosticLines(spec(#""sweep": {\#(vast)}"#))
                == ["2:1: sweep: gives far too many runs; a file may have at most 10,000"])
        let many = [String](repeating: "{}", count: 10_000).joined(separator: ",")
        #expect(
            diagnosticLines(spec(#""include": [\#(many)]"#))
                == ["2:1: include: gives 10,001 runs; a file may have at most 10,000"])
    }

    @Test func quotedTextContainsNothingThatATerminalActsOn() {
        let lines = diagnosticLines(
            spec(#""x\u001b[2J\u202e\n": 1, "optimizer": "\u0007\u009b\#(String(repeating: "y", count: 500))""#), file: "t")
        #expect(lines.count == 2)
        #expect(lines[0].hasPrefix(#"2:1: x\u{1b}[2J\u{202e}\n: no such field"#))
        #expect(lines[1].count < 250)
        #expect(!lines.joined().unicodeScalars.contains { $0.properties.generalCategory == .control })
        let named = #expect(throws: SpecDiagnostics.self) { try Experiment.decode("".utf8, file: "a\u{1b}\nb.json") }
        #expect(named?.lines[0].hasPrefix(#"a\u{1b}\nb.json:1:1: JSON: "#) == true)
    }

    @Test func suggestionsAreMadeForMisspeltWordsOnly() {
        let keys = SettingField.all.map(\.key)
        for (given, expected) in [
            ("sede", "seed"), ("Epochs", "epochs"), ("learning-rate", "learning_rate"), ("dataset_name", "dataset"),
            ("optim", "optimizer"), ("lamda", "lambda"), ("x", nil), ("lr", nil), ("temperature", nil), ("", nil),
        ] {
            #expect(Suggestion.closest(to: given, among: keys) == expected, "\(given)")
        }
    }
}
