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
            let counts = FaultKind.allCases.map { "\($0.rawValue) \(chaos.counts[$0, default: 0])" }.joined(separator: ", ")
            print("seed \(seed): \(Self.faults) faults over \(results.count) runs of \(epochs) epochs: \(counts)")
            let expected = try Subject.undisturbed(seeds: 7, epochs: epochs)
            let isSame = results == expected
            #expect(isSame, "runs with other results: \(expected.keys.filter { results[$0] != expected[$0] }.sorted())")
        }
    }
}
