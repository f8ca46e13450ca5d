import Foundation

/// A table: text in the first columns, figures in the others.
struct MarkdownTable {
    private let textColumns: Int
    private var lines: [String]

    init(_ titles: [String], textColumns: Int = 1) {
        self.textColumns = textColumns
        let rule = titles.indices.map { $0 < textColumns ? "---" : "---:" }
        lines = [titles, rule].map(Self.line)
    }

    mutating func add(_ cells: [String]) { lines.append(Self.line(cells)) }

    var text: String { lines.joined(separator: "\n") }

    private static func line(_ cells: [String]) -> String { "| " + cells.joined(separator: " | ") + " |" }
}

extension Double {
    /// With this many decimals.
    func text(_ decimals: Int) -> String { String(format: "%.\(decimals)f", self) }

    var milliseconds: String { (self * 1e3).text(1) }
    /// Bytes in 10⁶.
    var megabytes: String { (self / 1e6).text(self < 1e7 ? 1 : 0) }
}

extension Int {
    /// Bytes in 10⁹.
    var gigabytes: String { (Double(self) / 1e9).text(1) }
}
