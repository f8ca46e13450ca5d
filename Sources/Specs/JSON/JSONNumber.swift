/// A JSON number as it was written, with its exact whole value where it has one.
struct JSONNumber: Hashable, Sendable {
    /// The number's text, in JSON's grammar.
    let text: String

    /// A number from text that is already known to follow JSON's grammar.
    init(grammatical text: String) {
        self.text = text
    }

    /// The nearest double; infinite where the number is beyond every double.
    var double: Double {
        Double(text) ?? .nan
    }

    /// Whether the number is a whole one, however it is written: 4, 4.0, 1e3 and 1e999 are.
    var isWhole: Bool {
        decimal.exponent >= 0
    }

    /// The exact value where it is whole and an `Int` holds it; no digit passes through a double.
    var int: Int? {
        let (digits, exponent) = decimal
        // 19 digits are the most an Int has, so that a huge exponent is refused before it is multiplied out.
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

    /// An exponent's value, held within ±10⁹ so that no sum with it overflows.
    private static func clamped(_ text: [UInt8]) -> Int {
        var value = 0
        for byte in text where byte != UInt8(ascii: "-") && byte != UInt8(ascii: "+") {
            value = min(value * 10 + Int(byte - UInt8(ascii: "0")), 1_000_000_000)
        }
        return text.first == UInt8(ascii: "-") ? -value : value
    }
}
