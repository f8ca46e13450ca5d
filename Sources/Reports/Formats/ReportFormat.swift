/// A format of reports: its name on the command line, and the function that renders it. To add one: a file and a line in `all`.
public struct ReportFormat: Sendable {
    public let name: String
    public let render: @Sendable (ReportInput) throws -> String

    @TaskLocal public static var all: [ReportFormat] = [.markdown, .csv, .latex, .html, .json]

    public static func named(_ name: String) -> ReportFormat? { all.first { $0.name == name } }
}
