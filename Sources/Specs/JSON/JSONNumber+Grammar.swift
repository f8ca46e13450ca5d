extension JSONNumber {
    /// The error in a word that should match `-? (0 | [1-9][0-9]*) (. [0-9]+)? ([eE] [+-]? [0-9]+)?`; nil if it does.
    static func grammarProblem(_ word: String) -> JSONProblem.NumberProblem? {
        var rest = Substring(word)
        func takeDigits() -> Substring {
            let digits = rest.prefix { ("0"..."9").contains($0) }
            rest = rest.dropFirst(digits.count)
            return digits
        }
        if rest.first == "+" { return .leadingPlus }
        if rest.first == "-" { rest = rest.dropFirst() }
        let whole = takeDigits()
        if whole.isEmpty { return rest.first == "." ? .noDigitBeforePoint : .other }
        if whole.count > 1, whole.first == "0" { return .leadingZero }
        if rest.first == "." {
            rest = rest.dropFirst()
            if takeDigits().isEmpty { return .noDigitAfterPoint }
        }
        if rest.first == "e" || rest.first == "E" {
            rest = rest.dropFirst()
            if rest.first == "+" || rest.first == "-" { rest = rest.dropFirst() }
            if takeDigits().isEmpty { return .noDigitInExponent }
        }
        return rest.isEmpty ? nil : .other
    }
}
