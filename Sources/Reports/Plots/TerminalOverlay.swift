import Foundation

/// Curves of several runs in one chart for a terminal. Each curve is drawn with a letter, so that it needs no colour. Where curves
/// meet, their letters take turns.
public struct TerminalOverlay: Sendable {
    /// One curve.
    public struct Curve: Sendable {
        let letter: Character
        let points: [(x: Int, y: Double)]

        /// - Parameter points: by x. Values that are not finite leave a gap.
        public init(_ letter: Character, _ points: [(x: Int, y: Double)]) { (self.letter, self.points) = (letter, points) }
    }

    /// Letters of curves, in order.
    public static let letters = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZ")

    /// A line of the chart: the value at its height on some lines, and its letters.
    public let lines: [(value: Double?, letters: String)]
    /// From the first to the last x of all curves.
    public let range: ClosedRange<Int>

    /// - Returns: nil if no curve has a finite value.
    public init?(_ curves: [Curve], columns: Int, lines count: Int) {
        let drawn = curves.map { Curve($0.letter, $0.points.filter { Polyline.canBeDrawn($0.y) }) }
        let all = drawn.flatMap(\.points)
        guard let first = all.map(\.x).min(), let last = all.map(\.x).max(), columns > 0, count > 1 else { return nil }
        range = first...last
        let scale = VerticalScale(all.map(\.y))
        var cells = [[[Character]]](repeating: [[Character]](repeating: [], count: columns), count: count)
        for curve in drawn {
            for column in 0..<columns {
                guard let y = Self.value(curve.points, at: column, of: columns, range) else { continue }
                cells[count - 1 - Int((scale.position(y) * Double(count - 1)).rounded())][column].append(curve.letter)
            }
        }
        lines = cells.enumerated().map { row, cells in
            let isLabelled = row == 0 || row == count - 1 || row == (count - 1) / 2
            let value = isLabelled ? scale.value(1 - Double(row) / Double(count - 1)) : nil
            let used = cells.lastIndex { !$0.isEmpty }.map { cells[...$0] } ?? []
            return (value, String(used.enumerated().map { $1.isEmpty ? " " : $1[$0 % $1.count] }))
        }
    }

    /// From the lowest value to the highest; logarithmic if they span more than three orders of magnitude.
    private struct VerticalScale {
        private let low: Double
        private let high: Double
        private let isLogarithmic: Bool

        init(_ values: [Double]) {
            let low = values.min() ?? 0, high = values.max() ?? 1
            isLogarithmic = low > 0 && high / low > 1000
            (self.low, self.high) = isLogarithmic ? (log(low), log(high)) : (low, high)
        }

        func position(_ value: Double) -> Double {
            if high == low { return 0.5 }
            // Halves, as the difference of the largest values may overflow.
            return min(max(((isLogarithmic ? log(value) : value) / 2 - low / 2) / (high / 2 - low / 2), 0), 1)
        }

        func value(_ position: Double) -> Double {
            let value = low + (high / 2 - low / 2) * position * 2
            return isLogarithmic ? exp(value) : value
        }
    }

    /// The value of a curve at a column of characters: interpolated between its points; nil outside of them.
    private static func value(
        _ points: [(x: Int, y: Double)], at column: Int, of columns: Int, _ range: ClosedRange<Int>
    ) -> Double? {
        guard let first = points.first, let last = points.last else { return nil }
        let span = Double(range.upperBound - range.lowerBound)
        let step = columns > 1 ? span / Double(columns - 1) : 0
        if span == 0, column > 0 { return nil }
        let x = Double(range.lowerBound) + step * Double(column)
        // The end of a curve between two columns is in the nearer one.
        if x < Double(first.x) - step / 2 || x > Double(last.x) + step / 2 { return nil }
        guard let above = points.firstIndex(where: { Double($0.x) >= x }) else { return last.y }
        guard above > 0 else { return first.y }
        let (left, right) = (points[above - 1], points[above])
        let share = (x - Double(left.x)) / Double(right.x - left.x)
        return left.y + (right.y - left.y) * share
    }
}
