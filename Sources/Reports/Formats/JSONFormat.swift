import Specs

extension ReportFormat {
    /// A list of objects, one for each model, way of training and data set. Accuracies are fractions.
    public static let json = ReportFormat(name: "json") { input in
        try JSONOutput.text(input.table.tidyRows) + "\n"
    }
}
