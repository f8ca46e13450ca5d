import Specs

extension ReportTable {
    /// The ways in which no row was trained as in the paper.
    var common: [Deviation] {
        guard let first = rows.first else { return [] }
        return first.deviations.filter { deviation in rows.allSatisfy { $0.deviations.contains(deviation) } }
    }

    /// What sets a row apart from the paper, but for what holds for all of them.
    func ownSettings(_ row: Row) -> String {
        row.deviations.filter { !common.contains($0) }.map(\.text).joined(separator: ", ")
    }
}
