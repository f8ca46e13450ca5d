/// A line of `doctor`.
struct Finding: Encodable {
    let subject: String
    let isFine: Bool
    let detail: String
    /// What to do, or what was done; nil where nothing was wrong.
    let remedy: String?

    static func fine(_ subject: String, _ detail: String) -> Finding {
        Finding(subject: subject, isFine: true, detail: detail, remedy: nil)
    }

    static func wrong(_ subject: String, _ detail: String, remedy: String) -> Finding {
        Finding(subject: subject, isFine: false, detail: detail, remedy: remedy)
    }

    /// For people.
    var lines: [String] {
        let mark = isFine ? Colour.green.paint("ok", on: .output) : Colour.yellow.paint("!!", on: .output)
        let name = subject + String(repeating: " ", count: max(1, 12 - subject.count))
        return ["\(mark)  \(name)\(detail.printable)"] + (remedy.map { ["                → \($0.printable)"] } ?? [])
    }
}
