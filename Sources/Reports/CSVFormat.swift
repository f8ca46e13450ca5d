extension ReportFormat {
    /// One line for each model, way of training and data set. Accuracies are fractions; what is not known is empty.
    public static let csv = ReportFormat(name: "csv") { table in
        let header = [
            "model", "settings", "dataset", "linear_parameters", "paper_linear_parameters", "seeds", "train_mean", "train_sd",
            "test_mean", "test_sd", "loss_mean", "loss_sd", "paper_train", "paper_test", "paper_loss", "train_difference",
            "test_difference", "unfinished",
        ]
        let number = { (value: Double?) in value.map { "\($0)" } ?? "" }
        let lines = table.tidyRows.map { row in
            [
                row.model, row.settings, row.dataset, "\(row.linearParameters)", "\(row.paperLinearParameters)",
                "\(row.seeds.count)", number(row.trainMean), number(row.trainDeviation), number(row.testMean),
                number(row.testDeviation), number(row.lossMean), number(row.lossDeviation), number(row.paperTrain),
                number(row.paperTest), number(row.paperLoss), number(row.trainDifference), number(row.testDifference),
                row.unfinished.map { "\($0.id) \($0.state) \($0.epoch)/\($0.epochs)" }.joined(separator: "; "),
            ]
        }
        return ([header] + lines).map { CSV.line($0) }.joined()
    }
}

/// RFC 4180.
enum CSV {
    static func line(_ cells: [String]) -> String { cells.map(cell).joined(separator: ",") + "\n" }

    private static func cell(_ text: String) -> String {
        let needsQuotes = text.contains { $0 == "," || $0 == "\"" || $0.isNewline }
        return needsQuotes ? "\"" + text.replacing("\"", with: "\"\"") + "\"" : text
    }
}
