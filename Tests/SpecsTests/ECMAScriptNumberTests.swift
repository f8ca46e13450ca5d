import Testing

@testable import Specs

@Suite struct ECMAScriptNumberTests {
    @Test(
        arguments: [
            (0x0000000000000000, "0"), (0x8000000000000000, "0"), (0x0000000000000001, "5e-324"), (0x8000000000000001, "-5e-324"),
            (0x7fefffffffffffff, "1.7976931348623157e+308"), (0xffefffffffffffff, "-1.7976931348623157e+308"),
            (0x4340000000000000, "9007199254740992"), (0xc340000000000000, "-9007199254740992"),
            (0x4430000000000000, "295147905179352830000"), (0x44b52d02c7e14af5, "9.999999999999997e+22"),
            (0x44b52d02c7e14af6, "1e+23"), (0x44b52d02c7e14af7, "1.0000000000000001e+23"),
            (0x444b1ae4d6e2ef4e, "999999999999999700000"), (0x444b1ae4d6e2ef4f, "999999999999999900000"),
            (0x444b1ae4d6e2ef50, "1e+21"), (0x3eb0c6f7a0b5ed8c, "9.999999999999997e-7"), (0x3eb0c6f7a0b5ed8d, "0.000001"),
            (0x41b3de4355555553, "333333333.3333332"), (0x41b3de4355555554, "333333333.33333325"),
            (0x41b3de4355555555, "333333333.3333333"), (0x41b3de4355555556, "333333333.3333334"),
            (0x41b3de4355555557, "333333333.33333343"), (0xbecbf647612f3696, "-0.0000033333333333333333"),
            (0x43143ff3c1cb0959, "1424953923781206.2"),
        ] as [(UInt64, String)])
    func theSamplesOfRFC8785AppendixBAreWrittenToTheCharacter(bits: UInt64, expected: String) {
        #expect(ECMAScriptNumber.text(Double(bitPattern: bits)) == expected)
    }

    @Test(arguments: [(1e-4, "0.0001"), (4.9, "4.9"), (1, "1"), (1e-7, "1e-7"), (123456, "123456"), (1.5e300, "1.5e+300")])
    func settingsLookAsECMAScriptWritesThem(number: Double, expected: String) {
        #expect(ECMAScriptNumber.text(number) == expected)
    }

    @Test func writtenNumbersReadBackBitForBit() {
        var generator = SplitMix(state: 8785)
        for _ in 0..<20_000 {
            let number = Double(bitPattern: generator.next())
            guard number.isFinite else { continue }
            #expect(Double(ECMAScriptNumber.text(number)) == number)
        }
    }
}

/// A small seeded generator, so that a failure can be seen again.
struct SplitMix: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}
