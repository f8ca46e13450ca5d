import Foundation

extension ReportFormat {
    /// A list of objects, one for each model, way of training and data set. Accuracies are fractions.
    public static let json = ReportFormat(name: "json") { input in
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        encoder.keyEncodingStrategy = .convertToSnakeCase
        return String(decoding: try encoder.encode(input.table.tidyRows), as: UTF8.self) + "\n"
    }
}
