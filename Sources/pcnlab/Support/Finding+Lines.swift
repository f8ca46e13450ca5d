import Operations
import Specs

extension Finding {
    /// The lines for people. Of consecutive findings with the same remedy only the first few are shown.
    static func lines(_ findings: [Finding]) -> [String] {
        var lines: [String] = []
        var rest = findings[...]
        while let first = rest.first {
            let alike = rest.prefix { $0.subject == first.subject && $0.isFine == first.isFine && $0.remedy == first.remedy }
            rest = rest.dropFirst(alike.count)
            lines += (first.remedy == nil ? alike : alike.prefix(shown)).map(\.line)
            guard let remedy = first.remedy else { continue }
            if alike.count > shown { lines.append(indent + "and \((alike.count - shown).grouped) more; --json lists them") }
            lines.append(indent + "→ \(remedy.printable)")
        }
        return lines
    }

    private static let shown = 3
    private static let indent = String(repeating: " ", count: 16)

    private var line: String {
        let mark = isFine ? Colour.green.paint("ok", on: .output) : Colour.yellow.paint("!!", on: .output)
        let name = subject + String(repeating: " ", count: max(1, 12 - subject.count))
        return "\(mark)  \(name)\(detail.printable)"
    }
}
