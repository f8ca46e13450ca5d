import Foundation
import ProgramUnderTest
import Testing

@Suite("A lab with workers, under every kind of fault", .serialized)
struct ChaosTests {
    private static let environment = ProcessInfo.processInfo.environment
    /// A short run by default; `make chaos` sets a larger number.
    private static let faults = environment["PCNLAB_CHAOS_FAULTS"].flatMap(Int.init) ?? 30
    private static let seeds = (environment["PCNLAB_CHAOS_SEEDS"] ?? "1").split(separator: ",").compactMap { UInt64($0) }

    @Test("loses nothing, and every run ends with the same bits as an undisturbed one", arguments: seeds)
    func harmed(_ seed: UInt64) throws {
        try Program.inNewFolder { program in
            let chaos = try Chaos(program, seed: seed, faults: Self.faults, seeds: 7)
            let (results, epochs) = try chaos.run()
            let counts = FaultKind.allCases.map { kind in "\(kind.rawValue) \(chaos.injected.count { $0 == kind })" }.joined(
                separator: ", ")
            print("seed \(seed): \(Self.faults) faults over \(results.count) runs of \(epochs) epochs: \(counts)")
            let expected = try Subject.undisturbed(seeds: 7, epochs: epochs)
            let others = expected.keys.filter { results[$0] != expected[$0] }.sorted()
            let differences = try others.map {
                "\(try program.status()[$0] ?? [:]): \(Self.difference(results[$0], expected[$0]))"
            }
            let faults = chaos.injected.map(\.rawValue).joined(separator: ", ")
            #expect(others.isEmpty, "runs with other results, after \(faults):\n\(differences.joined(separator: "\n"))")
            #expect(results.count == expected.count)
        }
    }

    /// The first line in which a run's result (the weights' digest, then the curve) differs from what was expected.
    private static func difference(_ result: String?, _ expected: String?) -> String {
        let lines = [result, expected].map { $0?.split(separator: "\n", omittingEmptySubsequences: false).map(String.init) ?? [] }
        let first = (0..<lines.map(\.count).max()!).first { row in
            row >= lines[0].count || row >= lines[1].count || lines[0][row] != lines[1][row]
        }
        guard let first else { return "equal" }
        let texts = lines.map { first < $0.count ? $0[first] : "nothing" }
        return "line \(first + 1) is \(texts[0]), expected \(texts[1])"
    }
}
