import Foundation
import Testing

@testable import Specs

@Suite struct MutationTests {
    /// Pieces that matter to the grammar or to a field's limits.
    private static let pieces: [String] =
        [
            "{", "}", "[", "]", ",", ":", "\"", "\\", "\\u", "\\ud83d", "-", "0", "1e999", "-0", "9223372036854775808", "null",
            "true",
            "\u{feff}", "λ", "\u{0}", "1e3", "[]", "{}", "[[[[[[[[", "\"mlp\"", "\"pcn\"", "\"sweep\":", "\"include\":",
            "\"exclude\":",
        ]
        + SettingField.all.map { "\"\($0.key)\":" }

    private static func seeds() throws -> [[UInt8]] {
        let files = try FileManager.default.contentsOfDirectory(at: experimentsFolder, includingPropertiesForKeys: nil)
        return try files.filter { $0.pathExtension == "json" && !$0.lastPathComponent.hasSuffix(".schema.json") }
            .sorted { $0.path < $1.path }.map { Array(try Data(contentsOf: $0)) }
            + SchemaCorpus.valid.map { Array($0.utf8) }
    }

    private func mutated(_ bytes: [UInt8], with generator: inout SplitMix) -> [UInt8] {
        var bytes = bytes
        for _ in 0..<Int.random(in: 1...4, using: &generator) {
            let start = Int.random(in: 0...bytes.count, using: &generator)
            let end = min(bytes.count, start + Int.random(in: 0...12, using: &generator))
            switch Int.random(in: 0..<5, using: &generator) {
            case 0: bytes.removeSubrange(start..<end)
            case 1: bytes.insert(contentsOf: Self.pieces.randomElement(using: &generator)?.utf8 ?? "".utf8, at: start)
            case 2: bytes.replaceSubrange(start..<end, with: Self.pieces.randomElement(using: &generator)?.utf8 ?? "".utf8)
            case 3: bytes.insert(contentsOf: bytes[start..<end], at: Int.random(in: 0...bytes.count, using: &generator))
            default: if start < bytes.count { bytes[start] = UInt8.random(in: 0...255, using: &generator) }
            }
        }
        return bytes
    }

    @Test func noMutationOfAValidSpecCrashesTheDecoderOrIsRejectedWithoutAReason() throws {
        var generator = SplitMix(state: 20_23)
        let seeds = try Self.seeds()
        var (accepted, refused) = (0, 0)
        for round in 0..<10_000 {
            let bytes = mutated(seeds[round % seeds.count], with: &generator)
            do throws(SpecDiagnostics) {
                let experiment = try Experiment.decode(bytes, file: "m.json")
                accepted += 1
                #expect(!experiment.runs.isEmpty && Set(experiment.runs).count == experiment.runs.count)
                for run in experiment.runs.prefix(3) {
                    #expect(try Settings(canonicalJSON: run.canonicalJSON) == run)
                    #expect(run.multiplyAddsPerEpoch.total > 0)
                }
            } catch {
                refused += 1
                #expect(
                    !error.diagnostics.isEmpty && error.diagnostics.map(\.position) == error.diagnostics.map(\.position).sorted())
                #expect(error.lines.allSatisfy { $0.hasPrefix("m.json:") && !$0.contains("\n") })
            }
        }
        // Both sides must be exercised for the test to say anything.
        #expect(accepted > 100 && refused > 1000)
    }
}
