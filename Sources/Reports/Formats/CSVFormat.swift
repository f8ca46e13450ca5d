import Specs

extension ReportFormat {
    /// One line for each model, way of training and data set, with the names and values of JSON. Accuracies are fractions; unknown
    /// values are empty; seeds are separated by spaces.
    public static let csv = ReportFormat(name: "csv") { input in
        let lines = input.table.tidyRows.map { row in TidyRow.Name.allCases.map { row.value($0).cell } + row.all.texts }
        return ([TidyRow.Name.allCases.map(\.rawValue) + SharedSettings.keys] + lines).map { CSV.line($0) }.joined()
    }

    /// The mark by which Excel recognises UTF-8 at the beginning of a CSV file.
    public static let excelMark = "\u{FEFF}"
}

extension TidyRow.Value {
    fileprivate var cell: String {
        switch self {
        case .text(let text): text
        case .whole(let whole): whole.map { "\($0)" } ?? ""
        case .real(let real): real.map { "\($0)" } ?? ""
        case .wholes(let wholes): wholes.map(String.init).joined(separator: " ")
        case .runs(let runs): runs.map { "\($0.id) \($0.state) \($0.epoch)/\($0.epochs)" }.joined(separator: "; ")
        }
    }
}

/// RFC 4180, without cells that a spreadsheet would evaluate as a formula.
enum CSV {
    static func line(_ cells: [String]) -> String { cells.map { quoted(harmless($0)) }.joined(separator: ",") + "\n" }

    /// Checks scalars, not characters: readers of CSV take a comma with a combining accent for a comma.
    private static func quoted(_ text: String) -> String {
        let needsQuotes = text.unicodeScalars.contains { $0 == "," || $0 == "\"" || $0.properties.isWhitespace && $0 != " " }
        return needsQuotes ? "\"" + text.unicodeScalars.map { $0 == "\"" ? "\"\"" : String($0) }.joined() + "\"" : text
    }

    /// Prefixed with an apostrophe if the text starts like a formula and is not a number.
    private static func harmless(_ text: String) -> String {
        guard let first = text.unicodeScalars.first, "=+-@\t\r\n＝＋－＠".unicodeScalars.contains(first) else { return text }
        return Double(text) == nil ? "'" + text : text
    }
}
