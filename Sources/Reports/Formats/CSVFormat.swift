extension ReportFormat {
    /// One line for each model, way of training and data set. Accuracies are fractions; unknown values are empty.
    public static let csv = ReportFormat(name: "csv") { input in
        let header = [
            "model", "settings", "dataset", "linear_parameters", "paper_linear_parameters", "convolution_parameters", "seeds",
            "train_mean", "train_sd", "test_mean", "test_sd", "loss_mean", "loss_sd", "paper_train", "paper_test", "paper_loss",
            "train_difference", "test_difference", "unfinished", "dataset_digest",
        ]
        let number = { (value: Double?) in value.map { "\($0)" } ?? "" }
        let lines = input.table.tidyRows.map { row in
            [
                row.model, row.settings, row.dataset, "\(row.linearParameters)", "\(row.paperLinearParameters)",
                "\(row.convolutionParameters)", "\(row.seeds.count)", number(row.trainMean), number(row.trainDeviation),
                number(row.testMean), number(row.testDeviation), number(row.lossMean), number(row.lossDeviation),
                number(row.paperTrain), number(row.paperTest), number(row.paperLoss), number(row.trainDifference),
                number(row.testDifference),
                row.unfinished.map { "\($0.id) \($0.state) \($0.epoch)/\($0.epochs)" }.joined(separator: "; "),
                row.datasetDigest,
            ]
        }
        return ([header] + lines).map { CSV.line($0) }.joined()
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
