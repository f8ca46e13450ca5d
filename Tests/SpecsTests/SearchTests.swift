import Testing

@testable import Specs

@Suite("A search") struct SearchTests {
    private func spec(_ search: String, _ fields: String = #""validation_samples": 100"#) -> String {
        "{\"name\": \"t\", \"architecture\": \"linearnet\", \"dataset\": \"shapes\", \"epochs\": 27, \(fields),\n\"search\": \(search)}"
    }

    private func decoded(_ search: String) throws -> Experiment { try Experiment.decode(spec(search).utf8, file: "t") }

    private static let space = """
        {"linear": ["pcn", "low_rank", "mlp"], "d": [4, 8, 16], "learning_rate": {"from": 1e-5, "to": 1e-2, "scale": "log"},
         "lambda": {"from": 0.5, "to": 8}}
        """

    @Test("draws trials that depend on the seed and their number alone: with more trials the earlier ones stay")
    func draws() throws {
        let few = try decoded(#"{"trials": 20, "seed": 7, "space": \#(Self.space)}"#)
        let more = try decoded(#"{"trials": 50, "seed": 7, "space": \#(Self.space)}"#)
        #expect(few.runs.count == 20 && Array(more.runs.prefix(20)) == few.runs)
        #expect(try decoded(#"{"trials": 20, "seed": 8, "space": \#(Self.space)}"#).runs != few.runs)
        // Another setting in the space leaves the values of the others.
        let wider = #"{"batch_size": [16, 32], "# + Self.space.dropFirst()
        let other = try decoded(#"{"trials": 20, "seed": 7, "space": \#(wider)}"#)
        #expect(other.runs.map(\.learningRate) == few.runs.map(\.learningRate))
    }

    @Test("leaves out what does not apply to a trial, and draws numbers within their range, with four digits")
    func conditional() throws {
        let runs = try decoded(#"{"trials": 60, "space": \#(Self.space)}"#).runs
        #expect(Set(runs.map(\.linear)) == [.pcn, .lowRank, .mlp])
        for run in runs {
            #expect((run.d != nil) == (run.linear != .mlp) && (run.lambda != nil) == (run.linear == .pcn))
            #expect((1e-5...1e-2).contains(run.learningRate) && (run.lambda.map { (0.5...8).contains($0[0]) } ?? true))
            #expect(ECMAScriptNumber.text(run.learningRate).filter { "0123456789".contains($0) }.count <= 9)
        }
        // Half of a logarithmic range lies below its geometric mean.
        #expect((15...45).contains(runs.count { $0.learningRate < 3.16e-4 }))
        #expect(Set(runs).count == 60)
    }

    @Test("draws again what has too many parameters, or equals an earlier trial")
    func drawnAgain() throws {
        let runs = try decoded(#"{"trials": 4, "space": {"d": [4, 8, 16, 32, 64]}, "most_parameters": 200000}"#).runs
        #expect(runs.map { $0.d ?? 0 }.sorted() == [4, 8, 16, 32])
        #expect(runs.allSatisfy { $0.linearParameters <= 200_000 })
    }

    @Test("draws lists of λ as values, and again where a list has not a number for each layer of the drawn network")
    func lists() throws {
        let space = #"{"widths": [[8], [8, 8]], "lambda": [1, [1, 2], [1, 2, 3]]}"#
        let runs = try decoded(#"{"trials": 4, "space": \#(space)}"#).runs
        #expect(Set(runs.map { "\($0.widths ?? []) \($0.lambda.map { "\($0.settingValue!.shown)" } ?? "")" }).count == 4)
        #expect(runs.allSatisfy { run in run.lambda.map { [1, run.layerWidths.count - 1].contains($0.count) } ?? false })
    }

    @Test("draws again what does not fit together: a compression of other layers, images for a network of graphs")
    func fitting() throws {
        let compressions = #"{"after": 5, "dimensions": [1, 2, 3, 4]}, {"after": 5, "dimensions": [1]}"#
        let space = #"{"compress": [\#(compressions)], "learning_rate": [0.1, 0.01]}"#
        let dense = #""validation_samples": 100, "linear": "mlp""#
        let runs = try Experiment.decode(spec(#"{"trials": 2, "space": \#(space)}"#, dense).utf8, file: "t").runs
        // Where nothing fits, each value is named.
        let misfits = #"{"after": 5, "dimensions": [1]}, {"after": 6, "dimensions": [2]}"#
        let lines = diagnosticLines(spec(#"{"trials": 2, "space": {"compress": [\#(misfits)]}}"#, dense))
        #expect(
            lines.count == 2 && lines.allSatisfy { $0.contains("dimensions: found a list of 1; expected 4 numbers") }, "\(lines)")
        #expect(lines.first?.contains("search.space.compress[0].dimensions") == true, "\(lines)")
        #expect(runs.count == 2 && runs.allSatisfy { $0.faults.isEmpty && $0.compress != nil })
        let architectures = #"{"architecture": ["linearnet", "gcn"], "learning_rate": [0.1, 0.01]}"#
        let text = spec(#"{"trials": 2, "space": \#(architectures)}"#).replacing(#""architecture": "linearnet", "#, with: "")
        #expect(try Experiment.decode(text.utf8, file: "t").runs.allSatisfy { $0.architecture == .linearnet })
    }

    @Test("finds every run of a small space, whatever its seed")
    func wholeSpace() throws {
        let list = (1...10).map(String.init).joined(separator: ", ")
        let space = #"{"d": [\#(list)], "learning_rate": [\#(list)], "momentum": [0.1, 0.2, 0.3, 0.4, 0.5]}"#
        for seed in 1...5 {
            let runs = try decoded(#"{"trials": 500, "seed": \#(seed), "space": \#(space)}"#).runs
            #expect(Set(runs).count == 500)
        }
    }

    static let refusals: [(search: String, lines: [String])] = [
        ("7", ["2:11: search: found 7; expected an object { … } of settings"]),
        (
            "{}",
            [
                "2:11: search.trials: missing; expected a whole number from 2 to 10,000",
                "2:11: search.space: missing; expected an object { … } of settings",
            ]
        ),
        (
            #"{"trial": 3, "trials": 3, "space": {"d": [1, 2, 3]}}"#,
            [#"2:12: search.trial: no such field; did you mean "trials"?"#]
        ),
        (
            #"{"trials": 3, "space": {}}"#,
            ["2:34: search.space: an empty space has one trial; expected at least one setting with its values"]
        ),
        (
            #"{"trials": 3, "space": {"seed": [1, 2, 3]}}"#,
            [
                "2:35: search.space.seed: found it in a search's space; another seed is no better setting: retrain the winner over several "
                    + "with `pcnlab search best`"
            ]
        ),
        (
            #"{"trials": 3, "space": {"d": 4}}"#,
            [
                #"2:40: search.space.d: found 4; expected a list of values or a range, such as {"from": 1e-4, "to": 1e-2, "scale": "log"}"#
            ]
        ),
        (
            #"{"trials": 3, "space": {"wave": {"from": 1, "to": 2}}}"#,
            ["2:43: search.space.wave: found a range; expected a list of values"]
        ),
        (
            #"{"trials": 3, "space": {"d": {"from": 8, "to": 4}}}"#,
            ["2:58: search.space.d.to: found 4; expected more than from, 8"]
        ),
        (
            #"{"trials": 3, "space": {"lambda": {"from": [1, 2], "to": 4}}}"#,
            [
                "2:54: search.space.lambda.from: found a list; expected a number: lists for the layers are values of a list"
            ]
        ),
        (
            #"{"trials": 3, "space": {"dropout": {"from": 0, "to": 0.5, "scale": "log"}}}"#,
            [
                "2:55: search.space.dropout.from: found 0; a range on a log scale begins above 0"
            ]
        ),
        (
            #"{"trials": 4, "space": {"d": [1, 2, 3]}}"#,
            [
                "2:22: search.trials: found 4; the space has no more than 3 different trials: expected at most 3"
            ]
        ),
        (
            #"{"trials": 3, "space": {"d": [1, 2, 3]}, "halving": {"rungs": [9, 3]}}"#,
            [
                "2:77: search.halving.rungs[1]: found 3; each rung comes after the one before, 9"
            ]
        ),
        (
            #"{"trials": 3, "space": {"d": [1, 2, 3]}, "halving": {"rungs": [3, 27]}}"#,
            [
                "2:77: search.halving.rungs[1]: found 27; a rung comes before the end: expected less than epochs, 27"
            ]
        ),
        (
            #"{"trials": 3, "space": {"d": [1, 2, 3]}, "halving": {"rungs": [3], "by": "test_accuracy"}}"#,
            [
                "2:84: search.halving.by: the test split is for the winner alone: a search that sees it reports too much; expected "
                    + "\"validation_accuracy\""
            ]
        ),
        (
            #"{"trials": 3, "space": {"d": [1, 2, 3], "momentum": [0, 0.9]}, "linear": "mlp"}"#,
            [
                #"2:74: search.linear: no such field; the fields here are trials, seed, space, halving, most_parameters"#
            ]
        ),
    ]

    @Test("is refused with the place and the remedy of each fault", arguments: refusals)
    func refused(search: String, lines: [String]) { #expect(diagnosticLines(spec(search)) == lines) }

    @Test("needs images to select by, and stands in place of a sweep")
    func context() {
        let search = #"{"trials": 3, "space": {"d": [1, 2, 3]}}"#
        let missing =
            "validation_samples: missing; a search selects by images that it neither trains on nor tests with: expected a whole number ≥ 1, "
            + "such as 5000"
        #expect(diagnosticLines(spec(search, #""d": 4"#)) == ["2:11: " + missing])
        let beside = diagnosticLines(spec(search, #""validation_samples": 100, "sweep": {"d": [1]}"#))
        #expect(
            beside.count == 1
                && beside[0].hasSuffix("found it beside search; a search draws its runs itself: leave one of them out"))
    }

    @Test("is stored without the number of its trials, and its rungs are read back")
    func stored() throws {
        let halving = #""halving": {"rungs": [3, 9], "keep": "1/4", "by": "validation_accuracy"}"#
        let texts = try [5, 9].map {
            try #require(decoded(#"{"trials": \#($0), "seed": 7, "space": \#(Self.space), \#(halving)}"#).search).canonicalSpace
        }
        #expect(texts[0] == texts[1] && Halving(canonicalSpace: texts[0]) == Halving(rungs: [3, 9], oneOf: 4))
        let without = try #require(decoded(#"{"trials": 3, "space": {"d": [1, 2, 3]}}"#).search).canonicalSpace
        #expect(Halving(canonicalSpace: without) == nil)
    }

    @Test("keeps one of so many at each rung, rounded down, and at least one")
    func sizes() {
        #expect(Halving(rungs: [3, 9, 27], oneOf: 3).sizes(of: 81) == [81, 27, 9, 3])
        #expect(Halving(rungs: [1, 2, 3], oneOf: 3).sizes(of: 8) == [8, 2, 1, 1])
    }
}

extension LayerValues {
    /// How many numbers it is written with.
    fileprivate var count: Int { if case .reals(let list)? = settingValue { list.count } else { 1 } }
}
