import Testing

@testable import Specs

@Suite struct ExperimentTests {
    private func runs(_ fields: String) throws(SpecDiagnostics) -> [Settings] {
        try Experiment.decode(#"{"name": "t", "architecture": "linearnet", \#(fields)}"#.utf8, file: "t.json").runs
    }

    @Test func theBaseAloneIsOneRun() throws {
        let experiment = try Experiment.decode(
            #"{"$schema": "x", "name": "é", "description": "", "architecture": "linearnet", "dataset": "shapes"}"#.utf8,
            file: "t.json")
        #expect(experiment.name == "é" && experiment.description?.isEmpty == true)
        #expect(experiment.runs == [Settings(dataset: .shapes)])
    }

    @Test func theFirstSweptFieldVariesSlowestAndIncludedRunsComeLast() throws {
        let runs = try runs(
            #""sweep": {"dataset": ["mnist", "shapes"], "d": [8, 4]}, "include": [{"linear": "mlp", "dataset": "mnist"}]"#)
        #expect(
            runs == [
                Settings(d: 8, dataset: .mnist), Settings(d: 4, dataset: .mnist), Settings(d: 8, dataset: .shapes),
                Settings(d: 4, dataset: .shapes), Settings(linear: .mlp, dataset: .mnist),
            ])
    }

    @Test func whatDoesNotApplyIsDroppedAndEqualRunsAreOne() throws {
        let runs = try runs(#""dataset": "mnist", "lambda": 2, "sweep": {"linear": ["mlp", "pcn"], "d": [4, 8]}"#)
        #expect(
            runs == [
                Settings(linear: .mlp, dataset: .mnist), Settings(d: 4, lambda: 2, dataset: .mnist),
                Settings(d: 8, lambda: 2, dataset: .mnist),
            ])
    }

    @Test func includedRunsGetDefaultsForSettingsThatDoNotApplyToTheBase() throws {
        let runs = try runs(#""dataset": "mnist", "linear": "mlp", "include": [{"linear": "pcn", "d": 3}]"#)
        #expect(runs == [Settings(linear: .mlp, dataset: .mnist), Settings(d: 3, dataset: .mnist)])
    }

    @Test func anExclusionRemovesRunsOfTheProductThatMatchAllOfItsFields() throws {
        let runs = try runs(
            #"""
            "dataset": "mnist", "sweep": {"d": [4, 8], "seed": [1, 2]}, "include": [{"d": 4, "seed": 2}],
            "exclude": [{"d": 4, "seed": 2}, {"d": 8, "seed": 1, "lambda": 1, "train_samples": 60000, "widths": [1024, 1024, 2048]}]
            """#)
        #expect(runs.map(\.d) == [4, 8, 4] && runs.map(\.seed) == [1, 2, 2])
    }

    @Test func anExclusionOfDMatchesNoRunWithoutD() throws {
        let runs = try runs(#""dataset": "mnist", "sweep": {"linear": ["mlp", "pcn"]}, "exclude": [{"d": 16}]"#)
        #expect(runs.map(\.linear) == [.mlp])
    }

    @Test func theSweepOverridesTheBase() throws {
        #expect(try runs(#""dataset": "mnist", "d": 7, "sweep": {"d": [4, 4.0, 8]}"#).map(\.d) == [4, 8])
    }

    @Test func greekNamesAndWholeNumbersInAnyWritingAreAccepted() throws {
        let runs = try runs(
            #""dataset": "mnist", "λ": 2, "ε": 1, "epochs": 1e3, "d": 4.0, "seed": 9223372036854775807"#)
        #expect(runs == [Settings(d: 4, lambda: 2, epsilon: 1, dataset: .mnist, epochs: 1000, seed: .max)])
    }

    @Test func tenThousandRunsAreWithinTheLimit() throws {
        let list = "[" + (1...100).map(String.init).joined(separator: ",") + "]"
        #expect(try runs(#""dataset": "mnist", "sweep": {"d": \#(list), "seed": \#(list)}"#).count == 10_000)
    }

    @Test(.timeLimit(.minutes(1)))
    func manyExclusionsOverManyRunsAreQuick() throws {
        let list = "[" + (1...100).map(String.init).joined(separator: ",") + "]"
        let pairs = (1...100).flatMap { d in (1...99).map { #"{"seed": \#($0), "d": \#(d), "linear": "pcn"}"# } }
        let runs = try runs(
            #""dataset": "mnist", "sweep": {"d": \#(list), "seed": \#(list)}, "exclude": [\#(pairs.joined(separator: ","))]"#)
        #expect(runs.map(\.d) == Array(1...100) && runs.allSatisfy { $0.seed == 100 })
    }
}
