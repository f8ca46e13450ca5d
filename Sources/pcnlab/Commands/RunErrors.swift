import Lab

/// The errors of runs below a listing. Queued runs that wait for the same reason share a line.
struct RunErrors {
    private let runs: [RunSummary]

    init(_ runs: [RunSummary]) { self.runs = runs.filter { $0.error != nil } }

    var lines: [String] {
        var waiting: [String] = [], ids: [String: [String]] = [:], lines: [String] = []
        for run in runs {
            guard let error = run.error else { continue }
            guard run.state == .queued else {
                lines.append(Colour.red.paint("\(run.id.prefix(8)): \(error)".printable, on: .output))
                continue
            }
            if ids[error] == nil { waiting.append(error) }
            ids[error, default: []].append(String(run.id.prefix(8)))
        }
        return lines
            + waiting.map { error in
                let those = ids[error] ?? [], others = those.count > 1 ? " and \((those.count - 1).grouped) more" : ""
                return Colour.yellow.paint("\(those[0])\(others): \(error)".printable, on: .output)
            }
    }
}
