/// SplitMix64, seeded by a seed, a reader's name and an input's number: each input can be reproduced by itself.
struct Randomness: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64, reader: String, index: Int) {
        // FNV-1a of the name.
        let name = reader.utf8.reduce(0xCBF2_9CE4_8422_2325 as UInt64) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
        state = seed &* 0x9E37_79B9_7F4A_7C15 ^ name
        state = next() ^ UInt64(index)
        state = next()
    }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ z >> 30) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ z >> 27) &* 0x94D0_49BB_1331_11EB
        return z ^ z >> 31
    }

    /// A number below `limit`, which is at least 1.
    mutating func below(_ limit: Int) -> Int { Int(next() % UInt64(limit)) }

    /// True with probability 1/`chances`.
    mutating func once(in chances: Int) -> Bool { below(chances) == 0 }

    mutating func pick<Element>(_ elements: [Element]) -> Element { elements[below(elements.count)] }

    /// A number up to `limit` with a logarithmic distribution: mostly small, sometimes large.
    mutating func size(to limit: Int) -> Int {
        min(limit, below(2 << below(1 + max(1, limit).bitWidth - max(1, limit).leadingZeroBitCount)))
    }
}
