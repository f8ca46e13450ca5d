import Foundation

/// Converts text to plain ASCII that pdflatex sets without further packages.
enum LaTeXText {
    static func escaped(_ text: String) -> String {
        var escaped = ""
        var last: Unicode.Scalar?
        for scalar in text.onOneLine.precomposedStringWithCanonicalMapping.unicodeScalars {
            // TeX would join two hyphens or apostrophes to one character.
            if scalar == last, scalar == "-" || scalar == "'" { escaped += "{}" }
            escaped += known[scalar] ?? (scalar.isASCII ? String(scalar) : accented(scalar) ?? unknown(scalar))
            last = scalar
        }
        return escaped
    }

    /// é as {\'{e}}.
    private static func accented(_ scalar: Unicode.Scalar) -> String? {
        let parts = Array(String(scalar).decomposedStringWithCanonicalMapping.unicodeScalars)
        guard parts.count == 2, parts[0].isASCII, let accent = accents[parts[1]] else { return nil }
        return "{\\\(accent){\(parts[0])}}"
    }

    /// A placeholder with the code point, for characters that are in none of the tables.
    private static func unknown(_ scalar: Unicode.Scalar) -> String { String(format: "{[}U+%04X{]}", scalar.value) }

    private static let accents: [Unicode.Scalar: String] = [
        "\u{300}": "`", "\u{301}": "'", "\u{302}": "^", "\u{303}": "~", "\u{304}": "=", "\u{306}": "u", "\u{307}": ".",
        "\u{308}": "\"", "\u{30A}": "r", "\u{30B}": "H", "\u{30C}": "v", "\u{327}": "c",
    ]

    private static let known: [Unicode.Scalar: String] = {
        var known: [Unicode.Scalar: String] = [
            "\\": "\\textbackslash{}", "{": "\\{", "}": "\\}", "$": "$\\mathdollar$", "&": "\\&", "#": "\\#", "%": "\\%",
            "_": "\\_",
            "~": "\\textasciitilde{}", "^": "\\textasciicircum{}", "<": "\\textless{}", ">": "\\textgreater{}",
            "|": "\\textbar{}", "\"": "{\\ttfamily\\char34}", "`": "\\textquoteleft{}", "[": "{[}", "]": "{]}",
            // Allows a line break in a long path.
            "/": "\\slash{}",
            "\u{A0}": "~", "\u{202F}": "\\,", "\u{2009}": "\\,", "–": "{--}", "—": "{---}", "‘": "\\textquoteleft{}",
            "’": "\\textquoteright{}", "“": "\\textquotedblleft{}", "”": "\\textquotedblright{}", "…": "\\ldots{}",
            "ß": "\\ss{}", "ø": "\\o{}", "æ": "\\ae{}", "ı": "\\i{}", "ł": "\\l{}",
        ]
        let mathematics: [Unicode.Scalar: String] = [
            "±": "\\pm", "−": "-", "×": "\\times", "·": "\\cdot", "÷": "\\div", "≤": "\\leq", "≥": "\\geq", "≠": "\\neq",
            "≈": "\\approx", "§": "\\S", "†": "\\dagger", "∞": "\\infty", "√": "\\surd", "→": "\\to", "←": "\\gets", "∈": "\\in",
            "‖": "\\|", "°": "^\\circ",
            "¹": "^1", "²": "^2", "³": "^3", "⁻": "^-", "₀": "_0", "₁": "_1", "₂": "_2", "₃": "_3",
            "α": "\\alpha", "β": "\\beta", "γ": "\\gamma", "δ": "\\delta", "ε": "\\varepsilon", "ζ": "\\zeta", "η": "\\eta",
            "θ": "\\theta", "ι": "\\iota", "κ": "\\kappa", "λ": "\\lambda", "μ": "\\mu", "µ": "\\mu", "ν": "\\nu", "ξ": "\\xi",
            "π": "\\pi", "ρ": "\\rho", "σ": "\\sigma", "τ": "\\tau", "υ": "\\upsilon", "φ": "\\varphi", "χ": "\\chi",
            "ψ": "\\psi", "ω": "\\omega", "Γ": "\\Gamma", "Δ": "\\Delta", "Θ": "\\Theta", "Λ": "\\Lambda", "Ξ": "\\Xi",
            "Π": "\\Pi", "Σ": "\\Sigma", "Φ": "\\Phi", "Ψ": "\\Psi", "Ω": "\\Omega",
        ]
        for (scalar, command) in mathematics { known[scalar] = "$\(command)$" }
        // Allows a line break in long widths.
        known["×"] = "$\\times$\\allowbreak{}"
        return known
    }()
}
