/// A place in a text: line and column, both from 1; columns count Unicode scalars.
struct Position: Hashable, Sendable, Comparable {
    /// The line, from 1.
    var line: Int
    /// The column in Unicode scalars, from 1.
    var column: Int

    /// A place by its line and column.
    init(line: Int, column: Int) {
        self.line = line
        self.column = column
    }

    /// The first character of a text.
    static let start = Position(line: 1, column: 1)

    /// Reading order.
    static func < (left: Position, right: Position) -> Bool {
        (left.line, left.column) < (right.line, right.column)
    }
}
