import Foundation
import Testing

@testable import Specs

extension Linear {
    /// What a file beside `PointCloud.swift` would define: weights of one number for each input and one for each output.
    fileprivate static let mine = Linear(
        name: "mine", summary: "as sums of two vectors", settings: [.d, .lambda], symbol: "u + v",
        colour: LineColour(light: [(1, 0x123456)], dark: [(1, 0x654321)]), label: { "Mine\($0)" },
        parameters: { dimensions in
            dimensions.layers.map { dimensions.d * ($0.inputs + $0.outputs) }.reduce(0, +) + dimensions.biases
        },
        untrainedParameters: { _ in 1 },
        forward: { $0.inputs + $0.outputs }, inputGradient: \.inputs, perStep: { 5 * $0.d },
        workingFloats: { dimensions, rows in rows * dimensions.widths[0] },
        export: LinearExport(inputAxis: nil, summary: "linear.I.mine") { kind, index in
            kind == "mine" ? "linear.\(index).mine" : nil
        })
}

extension Optimizer {
    fileprivate static let mine = Optimizer(name: "mine", summary: "three moments", stateTensors: 3)
}

@Suite("A choice")
struct ChoiceTests {
    private func spec(_ fields: String) -> String {
        #"{"name": "t", "architecture": "linearnet", "dataset": "mnist", "widths": [8], \#(fields)}"#
    }

    private func run(_ fields: String) throws -> Settings {
        try #require(try Experiment.decode(spec(fields).utf8, file: "t").runs.first)
    }

    @Test("A new linear part is a descriptor, a builder and a line in each registry")
    func linear() throws {
        let fields = #""linear": "mine", "d": 3, "lambda": 2"#
        #expect(diagnosticLines(spec(fields)).count == 1, "without the line in the registry it is not known")
        try Linear.$all.withValue(Linear.all + [.mine]) {
            let settings = try run(fields)
            #expect(
                settings.canonicalJSON == """
                    {"architecture":"linearnet","batch_size":1024,"d":3,"dataset":"mnist","epochs":3500,"input_scale":"raw",\
                    "lambda":2,"learning_rate":0.0001,"linear":"mine","optimizer":"sgd","schedule":"constant","seed":1,"widths":[8]}
                    """)
            #expect(try Settings(canonicalJSON: settings.canonicalJSON) == settings)
            #expect(try JSONDecoder().decode(Settings.self, from: JSONEncoder().encode(settings)) == settings)
            #expect(settings.model == "LinearNet-Mine3" && settings.deviationsFromPaper.map(\.text).contains("λ 2"))
            #expect(settings.linearParameters == 3 * (784 + 8 + 8 + 10) + 18)
            #expect(settings.paperLinearParameters == settings.linearParameters + 1)
            #expect(settings.multiplyAddsPerEpoch.products == 60_000 * (3 * (784 + 8 + 8 + 10) - 784))
            #expect(settings.multiplyAddsPerEpoch.distances == 59 * 2 * 15)
            #expect(settings.linear.export.name(of: "mine.1") == "linear.1.mine")

            #expect(
                ExperimentSchema.text.split(whereSeparator: \.isWhitespace).joined(separator: " ").contains(
                    #""enum": [ "pcn", "mlp", "low_rank", "sine_low_rank", "neural_field", "random_features", "group_mask", "mine" ]"#
                ))
            #expect(
                ExperimentSchema.text.contains(
                    "only where linear is pcn, low_rank, sine_low_rank, neural_field, random_features, group_mask or mine, or convolution is pcn"
                ))
            #expect(SettingField.all.first { $0.key == "linear" }?.summary.contains("mine (as sums of two vectors)") == true)
            #expect(
                diagnosticLines(spec(#""linear": "cnn""#))[0].hasSuffix(
                    #"unknown value "cnn"; expected one of "pcn", "mlp", "low_rank", "sine_low_rank", "neural_field", "random_features", "group_mask", "mine""#
                ))
            #expect(
                diagnosticLines(spec(#""linear": "mine", "wave": "sine""#))[0].hasSuffix(
                    "no run of this file uses it; it applies where linear is pcn, or convolution is pcn"))
        }
        #expect(diagnosticLines(spec(fields)).count == 1)
    }

    @Test("A new optimizer is a descriptor, its update and a line in each registry")
    func optimizer() throws {
        let fields = #""optimizer": "mine""#
        #expect(diagnosticLines(spec(fields)).count == 1)
        try Optimizer.$all.withValue(Optimizer.all + [.mine]) {
            let settings = try run(fields)
            #expect(settings.optimizer.stateTensors == 3 && settings.canonicalJSON.contains(#""optimizer":"mine""#))
            #expect(settings.deviationsFromPaper.last?.text == "mine")
            #expect(ExperimentSchema.text.contains(#""enum": [ "sgd", "adam", "adamw", "mine" ]"#))
            #expect(diagnosticLines(spec(#""optimizer": "x""#))[0].hasSuffix(#"expected one of "sgd", "adam", "adamw", "mine""#))
        }
    }

    @Test("Names are unique within each registry, and every value is found by its own")
    func names() throws {
        func check<Value: Choice>(_ type: Value.Type) throws {
            #expect(Set(Value.all.map(\.name)).count == Value.all.count)
            for value in Value.all {
                #expect(Value.named(value.name) == value && "\(value)" == value.name && !value.summary.isEmpty)
                #expect(try JSONDecoder().decode([Value].self, from: JSONEncoder().encode([value])) == [value])
            }
            #expect(Value.named("") == nil)
            #expect(throws: DecodingError.self) { try JSONDecoder().decode([Value].self, from: Data(#"["x"]"#.utf8)) }
        }
        try check(Architecture.self)
        try check(Linear.self)
        try check(Convolution.self)
        try check(Distance.self)
        try check(Wave.self)
        try check(Regulariser.self)
        try check(CloudSharing.self)
        try check(Gain.self)
        try check(LearnedEpsilon.self)
        try check(Window.self)
        try check(Initialisation.self)
        try check(Normalisation.self)
        try check(Augmentation.self)
        try check(DatasetName.self)
        try check(InputScale.self)
        try check(Optimizer.self)
        try check(Schedule.self)
    }

    @Test("A setting applies to the runs for which one of its conditions holds", arguments: Linear.all)
    func applicability(_ linear: Linear) {
        for architecture in Architecture.all {
            for convolution in Convolution.all {
                let settings = Settings(architecture: architecture, linear: linear, convolution: convolution, dataset: .shapes)
                for field in SettingField.all where field.applicability != .everywhere {
                    let holds = field.applicability.requirements.allSatisfy { group in
                        group.contains { condition in
                            condition.found(in: settings).map(condition.values.contains) ?? false
                        }
                    }
                    #expect(field.applicability.holds(for: settings) == holds, "\(field.key) of \(settings.model)")
                }
            }
        }
    }

    @Test("A shape after a layer has ⌊(size + 2·padding − kernel) / stride⌋ + 1 positions a side")
    func shapes() {
        #expect(Shape.outputSide(227, kernel: 11, stride: 4, padding: 2) == 56)
        #expect(Shape(227, 227, 3).after(.convolution(channels: 64, kernel: 11, stride: 4, padding: 2)) == Shape(56, 56, 64))
        #expect(Shape(56, 56, 64).after(.maxPool(kernel: 3, stride: 2)) == Shape(27, 27, 64))
        #expect(Shape(2, 2, 1024).after(.globalMaxPool) == .vector(1024))
        #expect(Shape(13, 13, 256).after(.averagePool(side: 6)).count == 9216)
    }
}

@Suite("Text")
struct TextTests {
    @Test("Characters that a terminal acts on are replaced, and on one line also line ends")
    func printable() {
        let text = "a\r\n\tb\u{0}c\u{1B}d\u{202E}e\u{FFFF}\u{2028}"
        #expect(text.onOneLine == "a b\u{FFFD}c\u{FFFD}d\u{FFFD}e\u{FFFD} ")
        #expect(
            text.printable.unicodeScalars.allSatisfy { !$0.isTerminalControl }
                && text.printable.unicodeScalars.count == text.unicodeScalars.count)
        #expect("a\nb\u{7}".printableLines == "a\nb\u{FFFD}")
        #expect("λ é  日 𝛆".onOneLine == "λ é  日 𝛆" && "λ é  日 𝛆".printable == "λ é  日 𝛆")
    }

    @Test("Numbers are grouped by three digits, and bytes are two hexadecimal digits each")
    func numbers() {
        #expect([0, 999, 1000, -1_234_567].map(\.grouped) == ["0", "999", "1,000", "-1,234,567"] && Int.min.grouped.count == 26)
        #expect([0, 10, 255].hexadecimal == "000aff")
    }

    @Test("JSON for people has sorted keys in snake_case, and nothing that a terminal would act on")
    func json() throws {
        struct Value: Encodable {
            let oneTwo = "a\u{9B}b/"
            let number = Double.infinity
        }
        #expect(try JSONOutput.text(Value()) == "{\n  \"number\" : \"inf\",\n  \"one_two\" : \"a\\u009bb/\"\n}")
    }
}
