import Tensors
import Testing

@Suite("Random numbers")
struct RandomStreamTests {
    @Test("depend on seed, purpose, epoch and index, each independently")
    func independence() {
        let base = RandomStream(seed: 1, purpose: "shuffle", epoch: 3)
        #expect(base.bits(7) == RandomStream(seed: 1, purpose: "shuffle", epoch: 3).bits(7))
        let others = [
            RandomStream(seed: 2, purpose: "shuffle", epoch: 3), RandomStream(seed: 1, purpose: "dropout", epoch: 3),
            RandomStream(seed: 1, purpose: "shuffle", epoch: 4),
        ]
        #expect(Set(others.map { $0.bits(7) } + [base.bits(7), base.bits(8)]).count == 5)
    }

    @Test("are uniform in mean, variance and range")
    func uniform() {
        let stream = RandomStream(seed: 5, purpose: "test")
        let values = (0..<100_000).map { stream.uniform($0, in: -1..<1) }
        let mean = values.reduce(0, +) / 100_000
        let variance = values.reduce(0) { $0 + $1 * $1 } / 100_000
        #expect(abs(mean) < 0.01 && abs(variance - 1 / 3) < 0.01)
        #expect(values.min()! >= -1 && values.max()! < 1)
    }

    @Test("permutations contain every index once and differ between epochs")
    func permutation() {
        let first = RandomStream(seed: 1, purpose: "shuffle", epoch: 1).permutation(1000)
        let second = RandomStream(seed: 1, purpose: "shuffle", epoch: 2).permutation(1000)
        #expect(first.sorted() == Array(0..<1000) && second.sorted() == Array(0..<1000))
        #expect(first != second && first != Array(0..<1000))
    }
}
