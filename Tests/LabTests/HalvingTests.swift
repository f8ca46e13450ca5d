import Specs
import Testing

@testable import Lab

@Suite("Halving") struct HalvingTests {
    /// Trials with an accuracy at every rung, some of which end before.
    struct World: CustomTestStringConvertible {
        let seed: UInt64
        let halving: Halving
        let trials: [TrialResults]
        var testDescription: String { "world \(seed): \(trials.count) trials, rungs \(halving.rungs), 1/\(halving.oneOf)" }

        init(_ seed: UInt64) {
            self.seed = seed
            var random = SplitMix(seed)
            let count = Int.random(in: 2...120, using: &random), rungs = Int.random(in: 1...4, using: &random)
            halving = Halving(rungs: (0..<rungs).map { 2 << $0 }, oneOf: Int.random(in: 2...5, using: &random))
            // Few different accuracies, so that some are equal.
            let steps = Int.random(in: 3...60, using: &random)
            trials = (0..<count).map { _ in
                let ends = Int.random(in: 0..<8, using: &random) == 0 ? Int.random(in: 0...rungs, using: &random) : rungs
                let accuracies = (0..<rungs).map { rung in
                    rung < ends ? Double(Int.random(in: 0..<steps, using: &random)) / 100 : nil
                }
                return TrialResults(run: String(random.next(), radix: 16), accuracies: accuracies, isOut: ends < rungs)
            }
        }

        /// How many rungs each trial is let past, by comparing all trials of a rung at once.
        var sequential: [Int] {
            var past = trials.map { _ in 0 }, field = Array(trials.indices)
            for rung in halving.rungs.indices {
                let ranked = field.sorted { one, other in
                    let (a, b) = (trials[one].accuracies[rung] ?? -1, trials[other].accuracies[rung] ?? -1)
                    return a == b ? trials[one].run < trials[other].run : a > b
                }
                field = Array(ranked.prefix(max(1, field.count / halving.oneOf)))
                for trial in field { past[trial] = rung + 1 }
            }
            return past
        }
    }

    @Test(
        "makes the decisions of sequential halving, whatever the order in which trials get to their rungs, and takes none back",
        arguments: (1...60).map { World($0) })
    func sequential(world: World) {
        for order in 0..<3 {
            var random = SplitMix(world.seed &* 1000 &+ UInt64(order))
            var known = world.trials.map { TrialResults(run: $0.run, accuracies: $0.accuracies.map { _ in nil }) }
            var past = known.map { _ in 0 }, stopped: Set<Int> = []
            // Each trial trains to the next rung that it was let to, in a random order.
            while true {
                let next = known.indices.filter { trial in
                    let rung = past[trial]
                    return rung < world.halving.rungs.count && known[trial].accuracies[rung] == nil && !known[trial].isOut
                }
                if next.isEmpty { break }
                let trial = next[Int.random(in: next.indices, using: &random)], rung = past[trial]
                known[trial].accuracies[rung] = world.trials[trial].accuracies[rung]
                known[trial].isOut = known[trial].accuracies[rung] == nil
                for (trial, decision) in HalvingDecisions(known, world.halving).decisions.enumerated() {
                    switch decision {
                    case .reaches(let rung):
                        #expect(rung >= past[trial] && !stopped.contains(trial))
                        past[trial] = rung
                    case .stops(let rung):
                        #expect(rung == past[trial])
                        stopped.insert(trial)
                    }
                }
            }
            #expect(past == world.sequential)
            #expect(stopped.count == past.count { $0 < world.halving.rungs.count })
        }
    }

    @Test("lets a trial on as soon as it is certain, and not before")
    func certain() {
        let halving = Halving(rungs: [1], oneOf: 3)
        let trials = { (accuracies: [Double?]) in
            accuracies.enumerated().map { TrialResults(run: "\($0)", accuracies: [$1]) }
        }
        // Six trials, two places. With two unknown ones only those certainly behind are decided.
        #expect(
            HalvingDecisions(trials([0.5, 0.4, 0.3, 0.2, nil, nil]), halving).decisions == [
                .reaches(0), .reaches(0), .stops(at: 0), .stops(at: 0), .reaches(0), .reaches(0),
            ])
        #expect(
            HalvingDecisions(trials([0.5, 0.4, 0.3, 0.2, 0.1, nil]), halving).decisions == [
                .reaches(1), .reaches(0), .stops(at: 0), .stops(at: 0), .stops(at: 0), .reaches(0),
            ])
    }
}

/// Random numbers that are the same in every run of the tests.
private struct SplitMix: RandomNumberGenerator {
    private var state: UInt64

    init(_ seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}
