/// Specs for which the schema's verdict is compared with the decoder's.
enum SchemaCorpus {
    private static func spec(_ fields: String) -> String {
        #"{"name": "t", "architecture": "linearnet", "dataset": "cifar10""# + (fields.isEmpty ? "" : ", ") + fields + "}"
    }

    private static func convolutional(_ fields: String) -> String {
        #"{"name": "t", "architecture": "convnet", "dataset": "cifar10", "# + fields + "}"
    }

    /// Both accept these.
    static let valid: [String] =
        [
            "", #""$schema": "experiment.schema.json""#, #""description": """#, #""linear": "mlp""#,
            #""structure": "hourglass", "activation": "poly_relu", "gradient_noise": 0.1"#,
            #""schedule": "steps", "milestones": [80, 120], "gamma": 0.5"#,
            #""linear": "low_rank", "d": 1"#,
            #""linear": "mlp", "compress": {"after": 2, "fraction": 0.5}"#,
            #""linear": "mlp", "compress": {"after": 2, "threshold": [1, 2, 3, 4], "samples": 100, "keep_outputs": [9, 0, 0]}"#,
            #""linear": "mlp", "sweep": {"compress": [{"after": 1, "dimensions": [1, 2, 3, 0]}, {"after": 2, "threshold": 0.5}]}"#,
            #""linear": "sine_low_rank", "ω": 30"#, #""linear": "neural_field", "d": 171"#,
            #""sweep": {"linear": ["sine_low_rank", "low_rank"]}, "omega": 1e30"#,
            #""λ": [1, 2, 3, 4], "epsilon": [0.1, 0.1, 0.1, 0.1]"#, #""sweep": {"ε": [0.1, [0.1, 0.2, 0.3, 0.4]]}"#,
            #""d": 512"#, #""d": 4.0"#, #""epochs": 1e3"#, #""epochs": 1000000000"#, #""seed": 0"#,
            #""seed": 9223372036854775807"#,
            #""λ": 0.5, "ε": 1e30"#, #""lambda": 1e-30"#, #""learning_rate": 1"#, #""widths": [2]"#, #""widths": [32768, 5]"#,
            #""train_samples": 50000, "test_samples": 1"#, #""input_scale": "unit""#, #""distance": "dot", "wave": "sine""#,
            #""optimizer": "adam", "schedule": "cosine""#, #""checkpoint_every": 5"#, #""normalise": "layer""#,
            #""initialisation": "grid", "window": "gaussian""#,
            #""sweep": {"initialisation": ["uniform", "grid"]}, "window": "gaussian""#,
            #""include": [{"initialisation": "grid", "window": "gaussian"}]"#,
            #""clouds": "untied", "gain": "layer", "learn_epsilon": "layer""#,
            #""sweep": {"gain": ["none", "neuron"], "linear": ["mlp", "pcn"]}"#,
            #""regulariser": "variance""#, #""initialisation": "grid""#, #""dropout": 0"#, #""augment": []"#,
            #""augment": ["crop", "flip"], "mixup": 1"#,
            #""sweep": {"augment": [[], ["flip"]]}"#, #""momentum": 0.9, "weight_decay": 1"#,
            #""optimizer": "adamw", "weight_decay": 0"#, #""schedule": "onecycle", "weight_average": 1"#,
            #""warmup": 0.5, "label_smoothing": 0.1"#, #""sweep": {"optimizer": ["sgd", "adam"]}, "momentum": 0.9"#,
            #""dropout": 0.5, "sweep": {"initialisation": ["uniform", "grid"], "linear": ["mlp", "pcn"]}"#,
            #""linear": "mlp", "include": [{"linear": "pcn", "initialisation": "grid"}]"#,
            #""sweep": {"normalise": ["none", "layer"]}, "linear": "mlp""#, #""sweep": {}"#, #""include": []"#,
            #""exclude": []"#, #""include": [{}]"#, #""sweep": {"d": [1, 1]}"#, #""sweep": {"λ": [1, 2]}"#,
            #""sweep": {"widths": [[2], [4, 4]]}"#, #""linear": "mlp", "sweep": {"linear": ["pcn"]}, "d": 4"#,
            #""linear": "mlp", "d": 4, "include": [{"linear": "low_rank"}]"#, #""include": [{"linear": "pcn", "λ": 2}]"#,
            #""linear": "low_rank", "lambda": 2, "include": [{"linear": "pcn"}]"#,
            #""sweep": {"seed": [1, 2]}, "exclude": [{"seed": 2}]"#, #""include": [{"dataset": "shapes", "linear": "mlp"}]"#,
            #""sweep": {"linear": ["mlp", "pcn"], "d": [4]}"#,
        ].map(spec)
        + [
            #""convolution": "pcn""#, #""convolution": "dense", "linear": "mlp""#,
            #""convolution": "pcn", "linear": "mlp", "d": 4"#,
            #""convolution": "pcn", "linear": "low_rank", "λ": 4"#,
            #""sweep": {"convolution": ["dense", "pcn"]}, "linear": "mlp", "ε": 1"#,
            #""convolution": "pcn", "include": [{"linear": "mlp", "d": 4}]"#,
            #""linear": "mlp", "include": [{"convolution": "pcn", "d": 4}]"#,
            #""include": [{"linear": "mlp", "convolution": "pcn", "wave": "sine"}]"#,
            #""sweep": {"architecture": ["linearnet", "alexnet"]}, "convolution": "pcn""#,
            #""convolution": "pcn", "sweep": {"linear": ["mlp", "pcn"], "d": [4, 8]}, "exclude": [{"linear": "mlp", "d": 8}]"#,
        ].map(convolutional) + [
            #"{"name": "é ü", "sweep": {"architecture": ["linearnet"], "dataset": ["mnist"]}}"#,
            #"{"name": "...", "architecture": "linearnet", "sweep": {"dataset": ["mnist"]}, "include": [{"dataset": "shapes"}]}"#,
            "{\"name\": \"\(String(repeating: "😀", count: 60))\", \"architecture\": \"linearnet\", \"dataset\": \"mnist\"}",
        ]

    /// Both refuse these.
    static let invalid: [String] =
        [
            #""linear": "cnn""#, #""linear": null"#, #""d": 0"#, #""d": 513"#, #""d": 1.5"#, #""d": "4""#, #""d": true"#,
            #""linear": "mlp", "compress": {"after": 2}"#, #""linear": "mlp", "compress": {"fraction": 0.5}"#,
            #""linear": "mlp", "compress": 2"#, #""linear": "mlp", "compress": {"after": 2, "fraction": 1.5}"#,
            #""linear": "mlp", "compress": {"after": 0, "fraction": 0.5}"#,
            #""linear": "mlp", "compress": {"after": 2, "fraction": 0.5, "threshold": 1}"#,
            #""linear": "mlp", "compress": {"after": 2, "fraction": 0.5, "keep": [1]}"#,
            #""compress": {"after": 2, "fraction": 0.5}"#,
            #""lambda": []"#, #""lambda": [1, 0, 1, 1]"#, #""lambda": "1""#, #""lambda": [[1, 1, 1, 1]]"#,
            #""epsilon": [\#((0..<65).map { _ in "1" }.joined(separator: ","))]"#,
            #""lambda": 0"#, #""lambda": -1"#, #""epsilon": "0.1""#, #""learning_rate": 1e400"#, #""learning_rate": 1e-400"#,
            #""lambda": 1, "λ": 1"#, #""sweep": {"lambda": [1], "λ": [1]}"#, #""include": [{"ε": 1, "epsilon": 1}]"#,
            #""epochs": 0"#, #""epochs": 1000000001"#, #""epochs": 1e400"#, #""batch_size": -5"#, #""seed": -1"#,
            #""seed": 9223372036854775808"#,
            #""widths": []"#, #""widths": [1]"#, #""widths": [2.5]"#, #""widths": 5"#, #""widths": ["5"]"#,
            #""train_samples": 0"#, #""include": [{"dataset": "path:"}]"#, #""include": [{"dataset": "path:a\u0007"}]"#,
            #""train_samples": 10000001"#, #""test_samples": 10000001"#, #""input_scale": "Raw""#, #""distance": "l2""#,
            #""wave": 1"#,
            #""optimizer": ["sgd"]"#, #""schedule": "step""#, #""checkpoint_every": 0"#, #""foo": 1"#, #""epoch": 5"#,
            #""structure": "hourglass", "initialisation": "grid""#, #""structure": "ring""#, #""activation": "gelu""#,
            #""gradient_noise": -1"#, #""milestones": [5]"#, #""schedule": "steps", "milestones": []"#,
            #""filters": 16"#,
            #""schedule": "steps", "gamma": 0"#,
            #""omega": 30"#, #""linear": "sine_low_rank", "omega": 0"#, #""linear": "sine_low_rank", "lambda": 1"#,
            #""linear": "neural_field", "omega": 30"#, #""linear": "mlp", "regulariser": "paper""#, #""regulariser": "he""#,
            #""gain": true"#, #""window": "gaussian""#,
            #""initialisation": "uniform", "window": "none""#,
            #""linear": "mlp", "initialisation": "grid", "window": "gaussian""#, #""learn_epsilon": true"#,
            #""linear": "mlp", "learn_epsilon": "layer""#, #""clouds": "shared""#,
            #""linear": "mlp", "clouds": "tied""#,
            #""linear": "low_rank", "gain": "none""#,
            #""tags": []"#, #""normalise": "batch""#, #""initialisation": "normal""#, #""dropout": 1"#, #""augment": "flip""#,
            #""augment": ["flip", "flip"]"#, #""augment": ["turn"]"#, #""mixup": 2"#,
            #""optimizer": "adam", "momentum": 0.9"#,
            #""optimizer": "adam", "weight_decay": 0.1"#, #""schedule": "onecycle", "warmup": 1"#, #""weight_average": 1.1"#,
            #""label_smoothing": 1"#, #""include": [{"optimizer": "adamw", "momentum": 0.9}]"#, #""warmup": -1"#,
            #""dropout": -0.1"#, #""linear": "mlp", "initialisation": "grid""#,
            #""include": [{"linear": "mlp", "initialisation": "grid"}]"#,
            #""normalise": true"#,
            #""$schema": 5"#, #""description": null"#, #""sweep": []"#, #""sweep": {"d": []}"#, #""sweep": {"d": 4}"#,
            #""sweep": {"d": [4, 0]}"#, #""sweep": {"foo": [1]}"#, #""sweep": {"name": ["x"]}"#, #""include": {}"#,
            #""include": [1]"#,
            #""include": [{"linear": "mlp", "d": 4}]"#, #""include": [{"linear": "low_rank", "ε": 4}]"#,
            #""include": [{"sweep": {}}]"#,
            #""exclude": {}"#, #""exclude": [{}]"#, #""exclude": [{"linear": "mlp", "d": 4}]"#, #""linear": "mlp", "d": 4"#,
            #""linear": "mlp", "sweep": {"d": [4]}"#, #""linear": "low_rank", "λ": 4"#,
            #""linear": "low_rank", "include": [{"linear": "mlp"}], "wave": "sine""#,
            #""convolution": "pcn""#, #""convolution": "dense""#,
        ].map(spec)
        + [
            #""linear": "mlp", "convolution": "pcn", "gain": "layer""#,
            #""initialisation": "grid""#, #""convolution": "cnn""#, #""linear": "mlp", "d": 4"#,
            #""linear": "mlp", "convolution": "dense", "d": 4"#,
            #""include": [{"linear": "mlp", "d": 4}]"#,
            #""convolution": "pcn", "include": [{"linear": "mlp", "convolution": "dense", "d": 4}]"#,
            #""include": [{"architecture": "linearnet", "convolution": "pcn"}]"#,
        ].map(convolutional) + [
            "{}", "[]", "null", #""x""#, #"{"architecture": "linearnet", "dataset": "cifar10"}"#,
            #"{"name": "t", "dataset": "cifar10"}"#,
            #"{"name": "t", "architecture": "linearnet"}"#, #"{"name": "t", "architecture": "resnet", "dataset": "cifar10"}"#,
            #"{"name": "t", "architecture": "linearnet", "include": [{"dataset": "mnist"}]}"#,
            #"{"name": "t", "architecture": "linearnet", "sweep": {"dataset": ["mnist"]}, "include": [{"d": 4}]}"#,
        ]
        + ["", ".", "..", "a/b", "a\\u0000", "a\\n", "\\u009f", " a", "a ", String(repeating: "x", count: 61)].map {
            #"{"name": "\#($0)", "architecture": "linearnet", "dataset": "cifar10"}"#
        } + [#"{"name": 5, "architecture": "linearnet", "dataset": "cifar10"}"#]

    /// The decoder refuses these; no schema of the one-run-at-a-time kind can.
    static let decoderOnly: [String] = [
        // Repeated keys are gone before a validator sees them.
        #""d": 4, "d": 8"#,
        // Limits that depend on the data set.
        #""train_samples": 60000"#, #""test_samples": 10001"#,
        #""sweep": {"dataset": ["shapes"]}, "test_samples": 2001"#,
        // A folder that is not there.
        #""sweep": {"dataset": ["path:there/is/no/folder"]}"#,
        // A limit that depends on another setting.
        #""lambda": [1]"#, #""sweep": {"widths": [[8], [8, 8]]}, "ε": [1, 2]"#,
        #""initialisation": "grid", "d": 2"#, #""sweep": {"d": [2, 4]}, "initialisation": "grid""#,
        // What the product and its exclusions leave over.
        #""exclude": [{"d": 4}]"#, #""exclude": [{"d": 16}]"#,
        #""sweep": {"linear": ["mlp", "pcn"]}, "d": 4, "exclude": [{"linear": "pcn"}]"#,
        #""sweep": {"linear": ["mlp"]}, "d": 4"#,
        // A `linear` that an included run inherits.
        #""linear": "mlp", "include": [{"d": 4}, {"linear": "pcn"}]"#,
        // An `architecture` likewise.
        #""include": [{"convolution": "pcn"}]"#,
        // The number of runs.
        #""sweep": {"seed": [\#((0..<101).map(String.init).joined(separator: ","))], "d": [\#((1...100).map(String.init).joined(separator: ","))]}"#,
    ].map(spec)
}
