/// Writes numbers as bits, the highest first. A gap in Rice code with parameter k is its value / 2ᵏ in ones, a zero, and its last k
/// bits.
struct RiceWriter {
    private(set) var bytes: [UInt8] = []
    private var free = 0

    mutating func append(_ value: UInt32, bits: Int) {
        for bit in stride(from: bits - 1, through: 0, by: -1) {
            if free == 0 {
                bytes.append(0)
                free = 8
            }
            free -= 1
            bytes[bytes.count - 1] |= UInt8(value >> UInt32(bit) & 1) << UInt8(free)
        }
    }

    mutating func append(gap: UInt32, parameter: Int) {
        for _ in 0..<gap >> UInt32(parameter) { append(1, bits: 1) }
        append(0, bits: 1)
        append(gap, bits: parameter)
    }
}

/// Reads what ``RiceWriter`` wrote; zeros after its end.
struct RiceReader {
    let bytes: [UInt8]
    private var place = 0

    init(bytes: [UInt8]) { self.bytes = bytes }

    mutating func read(bits: Int) -> UInt32 {
        var value: UInt32 = 0
        for _ in 0..<bits {
            let byte = place / 8 < bytes.count ? bytes[place / 8] : 0
            value = value << 1 | UInt32(byte >> UInt8(7 - place % 8) & 1)
            place += 1
        }
        return value
    }

    mutating func readGap(parameter: Int) -> UInt32 {
        var ones: UInt32 = 0
        while read(bits: 1) == 1 { ones += 1 }
        return ones << UInt32(parameter) | read(bits: parameter)
    }
}
