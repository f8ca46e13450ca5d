import Tensors

/// One matrix product c = a·b to be computed in tiles.
struct Product: Sendable {
    let a: any Factor
    let b: any Factor
    let c: Matrix

    init(_ a: any Factor, _ b: any Factor, into c: Matrix) { (self.a, self.b, self.c) = (a, b, c) }

    /// The tile of c in these rows and columns, over the whole contraction.
    func run(_ rows: Range<Int>, _ columns: Range<Int>) -> Matrix {
        let tile = c[rows, columns]
        multiply(a.part(rows, 0..<a.columns), b.part(0..<b.rows, columns), into: tile)
        return tile
    }
}

/// Side of a tile of a product: large enough for sgemm's full rate, small enough to share a layer among threads.
private let tileSide = 512

/// Computes all the products, every tile a task of its own; `finish` gets each tile with its columns.
func multiplyInTiles(_ products: [Product], _ workers: Workers, finish: (@Sendable (Matrix, Range<Int>) -> Void)? = nil) {
    let grids = products.map { (rows: Tiling($0.c.rows, by: tileSide), columns: Tiling($0.c.columns, by: tileSide)) }
    let starts = grids.reduce(into: [0]) { $0.append($0.last! + $1.rows.count * $1.columns.count) }
    workers.forEach(starts.last!) { task, _ in
        let index = starts.lastIndex { $0 <= task }!
        let (grid, place) = (grids[index], task - starts[index])
        let columns = grid.columns[place % grid.columns.count]
        let tile = products[index].run(grid.rows[place / grid.columns.count], columns)
        finish?(tile, columns)
    }
}
