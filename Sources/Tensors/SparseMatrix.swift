/// A square matrix of which few elements are not 0, by rows (compressed sparse rows).
public struct SparseMatrix: Sendable {
    /// Where the elements of each row begin, and last where those of the last row end: rows + 1 numbers.
    public let starts: [Int32]
    /// The column of each element, ascending within a row.
    public let columns: [Int32]
    public let values: [Float]
    public var rows: Int { starts.count - 1 }

    /// - Parameter elements: of each row, by ascending columns.
    public init(_ elements: [[(column: Int, value: Float)]]) {
        var starts: [Int32] = [0]
        for row in elements { starts.append(starts[starts.count - 1] + Int32(row.count)) }
        self.starts = starts
        columns = elements.flatMap { $0.map { Int32($0.column) } }
        values = elements.flatMap { $0.map(\.value) }
        precondition(columns.allSatisfy { $0 >= 0 && $0 < elements.count }, "a column lies inside")
    }

    /// y = self · x for x of as many rows. Each sum is in the order of the columns, so threads change no bit.
    public func multiply(_ x: Matrix, into y: Matrix, _ workers: Workers) {
        precondition(x.rows == rows && y.rows == rows && x.columns == y.columns)
        let parts = Tiling(rows, by: 32), width = x.columns
        workers.forEach(parts.count) { part, _ in
            for row in parts[part] {
                let sum = y.row(row)
                sum.update(repeating: 0, count: width)
                for element in Int(starts[row])..<Int(starts[row + 1]) {
                    let (value, source) = (values[element], x.row(Int(columns[element])))
                    for index in 0..<width { sum[index] += value * source[index] }
                }
            }
        }
    }
}

extension SparseMatrix {
    /// Â = D̃^−½·(A + I)·D̃^−½ of an undirected graph, D̃ the degrees with the loop that I adds (Kipf and Welling, ICLR 2017).
    /// - Parameters:
    ///   - edges: pairs of nodes, in any direction; a repeated one counts once, and one from a node to itself not at all.
    ///   - nodes: how many there are.
    public init(normalisedAdjacencyOf edges: [(Int, Int)], nodes: Int) {
        var neighbours = [Set<Int>](repeating: [], count: nodes)
        for node in 0..<nodes { neighbours[node].insert(node) }
        for (one, other) in edges where one != other {
            neighbours[one].insert(other)
            neighbours[other].insert(one)
        }
        let scales = neighbours.map { 1 / Double($0.count).squareRoot() }
        self.init(
            neighbours.enumerated().map { node, others in
                others.sorted().map { (column: $0, value: Float(scales[node] * scales[$0])) }
            })
    }
}
