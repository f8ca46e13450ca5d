/// A way to write the table: its name on the command line, and how it is made. A new one is a file and a line in `all`.
public struct ReportFormat: Sendable {
    public let name: String
    public let render: @Sendable (ReportTable) throws -> String

    public static let all: [ReportFormat] = [.markdown, .csv, .json]

    public static func named(_ name: String) -> ReportFormat? { all.first { $0.name == name } }
}
