/// A node of XML, from which SVG and HTML are generated, so that elements are always closed and text is always escaped.
indirect enum Markup {
    case element(String, [(String, String)], [Markup])
    case text(String)

    /// An element with its attributes and children.
    static func element(_ name: String, _ attributes: KeyValuePairs<String, String> = [:], _ children: [Markup] = []) -> Markup {
        .element(name, attributes.map { ($0.key, $0.value) }, children)
    }

    static func element(_ name: String, _ attributes: KeyValuePairs<String, String> = [:], text: String) -> Markup {
        element(name, attributes, [.text(text)])
    }

    /// The XML text. An element without children is self-closing; if all children are elements, each gets a line of its own.
    var source: String {
        switch self {
        case .text(let text): return escaped(text)
        case .element(let name, let attributes, let children):
            let start = "<" + name + attributes.map { " \($0)=\"\(escaped($1))\"" }.joined()
            if children.isEmpty { return start + "/>" }
            let isBlock = children.allSatisfy(\.isElement)
            let inside = children.map { isBlock ? "\n" + $0.source : $0.source }.joined()
            return start + ">" + inside + (isBlock ? "\n" : "") + "</\(name)>"
        }
    }

    private var isElement: Bool {
        if case .element = self { return true }
        return false
    }

    private func escaped(_ text: String) -> String {
        var line = ""
        for scalar in text.onOneLine.unicodeScalars {
            switch scalar {
            case "&": line += "&amp;"
            case "<": line += "&lt;"
            case ">": line += "&gt;"
            case "\"": line += "&quot;"
            default: line.unicodeScalars.append(scalar)
            }
        }
        return line
    }
}
