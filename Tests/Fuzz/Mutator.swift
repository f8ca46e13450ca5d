/// Makes an input from the corpus: flips, cuts, repeats and splices bytes, replaces numbers by extremes, adds nesting and invalid
/// UTF-8.
struct Mutator {
    private var random: Randomness
    private let reader: Reader

    /// Maximum size of an input in bytes.
    static let sizeLimit = 1 << 18

    /// The input of this number: a pure function of the arguments.
    static func input(_ index: Int, of reader: Reader, seed: UInt64) -> [UInt8] {
        var mutator = Mutator(random: Randomness(seed: seed, reader: reader.name, index: index), reader: reader)
        return mutator.input()
    }

    private mutating func input() -> [UInt8] {
        var bytes = random.pick(reader.corpus)
        repeat { mutate(&bytes) } while random.once(in: 2)
        // Readers refuse wrong lengths and checksums first; repairing them in most inputs lets mutations reach the rest of a reader.
        if let repair = reader.repair, !random.once(in: 4) { repair(&bytes) }
        return Array(bytes.prefix(Self.sizeLimit))
    }

    private mutating func mutate(_ bytes: inout [UInt8]) {
        let at = random.below(bytes.count + 1)
        let range = at..<min(bytes.count, at + random.size(to: 64))
        switch random.below(15) {
        case 0 where at < bytes.count: bytes[at] ^= 1 << random.below(8)
        case 1 where at < bytes.count: bytes[at] = UInt8(truncatingIfNeeded: random.next())
        case 2 where at < bytes.count: bytes[at] = random.pick([0, 1, 0x7F, 0x80, 0xFF, 0x22, 0x5C, 0x0A, 0x1B])
        case 3: bytes.removeSubrange(range)
        case 4 where random.once(in: 3): bytes.removeSubrange(at...)
        case 5: bytes.insert(contentsOf: bytes[range], at: random.below(bytes.count + 1))
        case 6: bytes.insert(contentsOf: (0..<random.size(to: 200)).flatMap { [bytes = bytes] _ in bytes[range] }, at: at)
        case 7: bytes.replaceSubrange(range, with: (0..<range.count).map { _ in UInt8(truncatingIfNeeded: random.next()) })
        case 8: splice(&bytes, at)
        case 9: replaceNumber(&bytes, from: at)
        case 10: overwrite(&bytes, at, with: wideExtreme())
        case 11: bytes.insert(contentsOf: random.pick(reader.pieces), at: at)
        case 12: bytes.replaceSubrange(range, with: random.pick(reader.pieces))
        case 13: bytes.insert(contentsOf: random.pick(Self.brokenText), at: at)
        case 14 where random.once(in: 4): nest(&bytes, at)
        default: overwrite(&bytes, at, with: random.pick(reader.pieces))
        }
    }

    /// Joins the beginning of this input and the end of another.
    private mutating func splice(_ bytes: inout [UInt8], _ at: Int) {
        let other = random.pick(reader.corpus)
        bytes.replaceSubrange(at..., with: other[random.below(other.count + 1)...])
    }

    /// Replaces the next run of digits by an extreme number.
    private mutating func replaceNumber(_ bytes: inout [UInt8], from at: Int) {
        let digits = UInt8(ascii: "0")...UInt8(ascii: "9")
        guard let first = bytes[at...].firstIndex(where: digits.contains) else { return }
        let last = bytes[first...].firstIndex { !digits.contains($0) } ?? bytes.count
        bytes.replaceSubrange(first..<last, with: random.pick(Self.extremes).utf8)
    }

    /// An extreme number as two, four or eight bytes, little- or big-endian.
    private mutating func wideExtreme() -> [UInt8] {
        let value = random.pick(
            [0, 1, 0x7FFF_FFFF, 0x8000_0000, 0xFFFF_FFFF, 1 << 32, 1 << 63 - 1, 1 << 63, .max, .max - 7] as [UInt64])
        let bytes = (0..<random.pick([2, 4, 8])).map { UInt8(truncatingIfNeeded: value >> (8 * UInt64($0))) }
        return random.once(in: 2) ? bytes : bytes.reversed()
    }

    private func overwrite(_ bytes: inout [UInt8], _ at: Int, with new: [UInt8]) {
        bytes.replaceSubrange(at..<min(bytes.count, at + new.count), with: new)
    }

    private mutating func nest(_ bytes: inout [UInt8], _ at: Int) {
        let (open, close) = random.pick([("[", "]"), ("{\"a\":", "}"), ("[[{\"d\":", "}]]")])
        let depth = random.once(in: 8) ? 100_000 : random.size(to: 1000)
        // A value may stand after a colon or at the beginning.
        let start = bytes[..<at].lastIndex(of: UInt8(ascii: ":")).map { $0 + 1 } ?? 0
        bytes.insert(contentsOf: String(repeating: close, count: random.once(in: 2) ? depth : 0).utf8, at: at)
        bytes.insert(contentsOf: String(repeating: open, count: depth).utf8, at: start)
    }

    private static let extremes = [
        "0", "-0", "-1", "1", "00", "1.5", "1e3", "1e999", "-1e999", "1e-999", "0e0", "255", "256", "65536", "2147483647",
        "2147483648", "4294967295", "4294967296", "9007199254740993", "9223372036854775807", "9223372036854775808",
        "-9223372036854775808", "18446744073709551615", "18446744073709551616", "99999999999999999999999999", "NaN", "Infinity",
        "777777777777", "4611686018427387904",
    ]

    /// Overlong forms, lone surrogates, values beyond Unicode, truncated sequences, byte order marks; text that terminals, spreadsheets
    /// and databases interpret.
    private static let brokenText: [[UInt8]] =
        [
            [0xC0, 0x80], [0xED, 0xA0, 0x80], [0xF5, 0x80, 0x80, 0x80], [0xFF, 0xFE], [0xEF, 0xBB, 0xBF], [0xE2, 0x82], [0x80],
            [0xC2, 0x9B], [0], [0x0D, 0x0A],
        ]
        + [
            "\u{1B}[2J", "\u{202E}", "\u{2028}", "\\u0000", "\\ud83d", "=1+1", "../../outside", "/tmp/pcnlab-fuzz-outside",
            "<script>",
            "\\end{document}", "'; DROP TABLE runs; --", "e\u{301}", "\u{FFFF}",
        ].map { Array($0.utf8) }
}
