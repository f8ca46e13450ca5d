/// Formats doubles like ECMAScript's `Number::toString`, as RFC 8785 (§3.2.2.3) requires.
enum ECMAScriptNumber {
    /// The text of a finite double; JSON has no others.
    static func text(_ number: Double) -> String {
        precondition(number.isFinite, "JSON has no \(number)")
        if number == 0 { return "0" }
        let (digits, point) = shortestDigits(number.magnitude)
        let sign = number < 0 ? "-" : ""
        let count = digits.count
        switch point {
        case count...21:
            return sign + digits + String(repeating: "0", count: point - count)
        case 1...21:
            return sign + digits.prefix(point) + "." + digits.dropFirst(point)
        case -5...0:
            return sign + "0." + String(repeating: "0", count: -point) + digits
        default:
            let exponent = point - 1
            let fraction = count == 1 ? "" : "." + digits.dropFirst()
            return sign + digits.prefix(1) + fraction + "e" + (exponent < 0 ? "-" : "+") + String(exponent.magnitude)
        }
    }

    /// The shortest digits d₁d₂…dₖ that read back as the number, and n with number = 0.d₁d₂…dₖ · 10ⁿ.
    ///
    /// Swift's own description has exactly those digits (shortest, and nearest among the shortest); only its layout differs.
    private static func shortestDigits(_ number: Double) -> (digits: String, point: Int) {
        let parts = number.description.split(separator: "e")
        let mantissa = parts[0].split(separator: ".", omittingEmptySubsequences: false)
        let whole = mantissa[0]
        let fraction = mantissa.count > 1 ? mantissa[1] : ""
        var digits = Substring(whole + fraction)
        var point = whole.count + (parts.count > 1 ? Int(parts[1]) ?? 0 : 0)
        while digits.first == "0" {
            digits = digits.dropFirst()
            point -= 1
        }
        while digits.last == "0" { digits = digits.dropLast() }
        return (String(digits), point)
    }
}
