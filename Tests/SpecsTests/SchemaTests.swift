import Foundation
import Testing

@testable import Specs

@Suite struct SchemaTests {
    private static let file = experimentsFolder.appending(path: "experiment.schema.json")

    @Test func theCommittedSchemaIsTheOneThatTheProgramPrints() throws {
        let committed = try String(contentsOf: Self.file, encoding: .utf8)
        #expect(
            committed == ExperimentSchema.text,
            "experiments/experiment.schema.json is out of date: run pcnlab schema > experiments/experiment.schema.json")
    }

    @Test(.enabled(if: PythonSchema.isAvailable))
    func theSchemaAndTheDecoderAgreeOnEverySpecThatASchemaCanDecide() throws {
        let specs = SchemaCorpus.valid + SchemaCorpus.invalid
        let verdicts = try PythonSchema.verdicts(schema: ExperimentSchema.text, specs: specs)
        #expect(verdicts.count == specs.count)
        for (index, spec) in specs.enumerated() {
            let isValid = index < SchemaCorpus.valid.count
            #expect(diagnosticLines(spec).isEmpty == isValid, "decoder: \(spec)")
            #expect(verdicts[index] == isValid, "schema: \(spec)")
        }
    }

    @Test(.enabled(if: PythonSchema.isAvailable))
    func whatOnlyTheDecoderCanDecidePassesTheSchema() throws {
        let verdicts = try PythonSchema.verdicts(schema: ExperimentSchema.text, specs: SchemaCorpus.decoderOnly)
        for (spec, verdict) in zip(SchemaCorpus.decoderOnly, verdicts) {
            #expect(!diagnosticLines(spec).isEmpty, "decoder: \(spec)")
            #expect(verdict, "schema: \(spec)")
        }
    }

    @Test(.enabled(if: PythonSchema.isAvailable))
    func everyExperimentOfTheRepositoryFollowsTheSchema() throws {
        let specs = try FileManager.default.contentsOfDirectory(at: experimentsFolder, includingPropertiesForKeys: nil)
            .filter { $0.pathExtension == "json" && !$0.lastPathComponent.hasSuffix(".schema.json") }
            .map { try String(contentsOf: $0, encoding: .utf8) }
        #expect(try PythonSchema.verdicts(schema: ExperimentSchema.text, specs: specs).allSatisfy { $0 })
    }
}

/// The verdicts of Python's `jsonschema`, an implementation that is not ours.
enum PythonSchema {
    private static let script = """
        import json, sys
        from jsonschema import Draft202012Validator as Validator
        schema, specs = json.load(sys.stdin)
        schema = json.loads(schema)
        Validator.check_schema(schema)
        validator = Validator(schema)
        print(json.dumps([validator.is_valid(json.loads(spec)) for spec in specs]))
        """

    static let isAvailable: Bool = (try? run("import jsonschema", input: Data())) != nil

    static func verdicts(schema: String, specs: [String]) throws -> [Bool] {
        let input = JSONTree.list([.text(schema), .list(specs.map(JSONTree.text))])
        return try JSONDecoder().decode([Bool].self, from: run(script, input: Data(input.canonical.utf8)))
    }

    private struct Failed: Error {}

    private static func run(_ script: String, input: Data) throws -> Data {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = ["python3", "-c", script]
        let (stdin, stdout) = (Pipe(), Pipe())
        process.standardInput = stdin
        process.standardOutput = stdout
        process.standardError = FileHandle.nullDevice
        try process.run()
        if !input.isEmpty { try stdin.fileHandleForWriting.write(contentsOf: input) }
        try stdin.fileHandleForWriting.close()
        let output = try stdout.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else { throw Failed() }
        return output
    }
}
