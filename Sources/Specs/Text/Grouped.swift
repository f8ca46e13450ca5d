extension Int {
    /// The number with a comma between groups of three digits: 82,858.
    public var grouped: String {
        let digits = String(magnitude)
        var result = ""
        for (offset, digit) in digits.enumerated() {
            if offset > 0, (digits.count - offset).isMultiple(of: 3) { result += "," }
            result.append(digit)
        }
        return self < 0 ? "-" + result : result
    }
}
