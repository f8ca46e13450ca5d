/// A JSON number as it was written, with its exact whole value if it has one.
struct JSONNumber: Hashable, Sendable {
    /// The number's text, in JSON's grammar.
    let text: String

    /// A number from text that is known to follow JSON's grammar.
    init(grammatical text: String) {
        self.text = text
    }

    /// The nearest double; infinite if the number is too large.
    var double: Double {
        Double(text) ?? .nan
    }

    /// Whether the number is whole, however it is written: 4, 4.0, 1e3 and 1e999 are.
    var isWhole: Bool {
        decimal.exponent >= 0
    }

    /// The exact value if it is whole and fits `Int`. It is not computed from a double.
    var int: Int? {
        let (digits, exponent) = decimal
        // An Int has at most 19 digits; this rejects a huge exponent before it is multiplied out.
        guard exponent >= 0, digits.count + exponent <= 19 else { return nil }
        var value = 0
        let negative = text.hasPrefix("-")
        for digit in digits + [UInt8](repeating: 0, count: exponent) {
            let (tens, overflow) = value.multipliedReportingOverflow(by: 10)
            let (sum, carry) =
                negative
                ? tens.subtractingReportingOverflow(Int(digit)) : tens.addingReportingOverflow(Int(digit))
            if overflow || carry { return nil }
            value = sum
        }
        return value
    }

    /// The digits d and the power p with |number| = d · 10ᵖ, d without zeros at either end; zero is (no digits, 0).
    private var decimal: (digits: [UInt8], exponent: Int) {
        var digits: [UInt8] = []
        var exponent = 0
        var afterPoint = false
        var bytes = text.utf8.makeIterator()
        scan: while let byte = bytes.next() {
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"):
                digits.append(byte - UInt8(ascii: "0"))
                if afterPoint { exponent -= 1 }
            case UInt8(ascii: "."):
                afterPoint = true
            case UInt8(ascii: "e"), UInt8(ascii: "E"):
                var rest: [UInt8] = []
                while let byte = bytes.next() { rest.append(byte) }
                exponent += Self.clamped(rest)
                break scan
            default:
                continue
            }
        }
        while digits.last == 0 {
            digits.removeLast()
            exponent += 1
        }
        let significant = Array(digits.drop { $0 == 0 })
        return significant.isEmpty ? ([], 0) : (significant, exponent)
    }

    /// An exponent's value, clamped to ±10⁹ so that sums with it do not overflow.
    private static func clamped(_ text: [UInt8]) -> Int {
        var value = 0
        for byte in text where byte != UInt8(ascii: "-") && byte != UInt8(ascii: "+") {
            value = min(value * 10 + Int(byte - UInt8(ascii: "0")), 1_000_000_000)
        }
        return text.first == UInt8(ascii: "-") ? -value : value
    }
}
