/// A curve for a terminal in Braille dots, two to a column and four to a line. It needs no colour.
public struct TerminalChart: Sendable {
    /// The lines from top to bottom.
    public let lines: [String]
    /// The highest and the lowest finite value.
    public let range: ClosedRange<Double>

    /// - Parameters:
    ///   - values: one for each step. Values that are not finite leave a gap.
    /// - Returns: nil if fewer than two values are finite.
    public init?(_ values: [Double], columns: Int, lines count: Int) {
        let values = values.map { Polyline.canBeDrawn($0) ? $0 : .nan }, finite = values.filter(\.isFinite)
        guard finite.count >= 2, let low = finite.min(), let high = finite.max(), columns > 0, count > 0 else { return nil }
        range = low...high
        var cells = [[UInt32]](repeating: [UInt32](repeating: 0, count: columns), count: count)
        let (width, height) = (2 * columns, 4 * count)
        var last: Int?
        for x in 0..<width {
            let heights = Self.values(values, at: x, of: width).filter(\.isFinite).map { value in
                high == low ? height / 2 : Int(((value - low) / (high - low) * Double(height - 1)).rounded())
            }
            guard var bottom = heights.min(), var top = heights.max() else {
                last = nil
                continue
            }
            // Extend the column towards the previous one, so that a steep line has no gaps.
            let next = heights[heights.count - 1]
            if let last {
                if last < bottom - 1 { bottom = last + 1 }
                if last > top + 1 { top = last - 1 }
            }
            last = next
            for y in bottom...top {
                let row = height - 1 - y
                cells[row / 4][x / 2] |= Self.dots[row % 4][x % 2]
            }
        }
        lines = cells.map { cells in
            let used = cells.prefix(through: cells.lastIndex { $0 != 0 } ?? 0)
            return String(String.UnicodeScalarView(used.compactMap { Unicode.Scalar(0x2800 + $0) }))
        }
    }

    /// The values of a column of dots: all of its share if there are more values than columns, else the value interpolated
    /// between its neighbours.
    private static func values(_ values: [Double], at column: Int, of width: Int) -> ArraySlice<Double> {
        if values.count >= width { return values[column * values.count / width..<(column + 1) * values.count / width] }
        let place = Double(column) * Double(values.count - 1) / Double(width - 1)
        let left = Int(place), right = min(left + 1, values.count - 1), share = place - Double(left)
        return [share == 0 ? values[left] : values[left] + (values[right] - values[left]) * share]
    }

    /// The bits of the dots of a Braille character, by row and column.
    private static let dots: [[UInt32]] = [[0x01, 0x08], [0x02, 0x10], [0x04, 0x20], [0x40, 0x80]]
}
