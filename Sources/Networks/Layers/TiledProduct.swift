import Tensors

/// One matrix product c = a·b to be computed in tiles.
struct Product: Sendable {
    let a: any Factor
    let b: any Factor
    let c: Matrix
    /// Rows of a tile; all of them where what follows needs whole columns.
    let tileRows: Int
    /// Gets each finished tile with its columns.
    let finish: (@Sendable (Matrix, Range<Int>) -> Void)?

    /// Large enough for sgemm's full rate, small enough to share a layer among threads.
    private static let side = 512

    init(
        _ a: any Factor, _ b: any Factor, into c: Matrix, wholeColumns: Bool = false,
        finish: (@Sendable (Matrix, Range<Int>) -> Void)? = nil
    ) {
        (self.a, self.b, self.c) = (a, b, c)
        tileRows = wholeColumns ? max(1, c.rows) : Self.side
        self.finish = finish
    }

    /// The product that makes dx.
    init(_ a: any Factor, _ b: any Factor, into gradient: InputGradient) {
        self.init(a, b, into: gradient.dx, wholeColumns: true) { _, columns in gradient.finish(columns) }
    }

    var tiles: (rows: Tiling, columns: Tiling) {
        (Tiling(c.rows, by: tileRows), Tiling(c.columns, by: tileRows > Self.side ? Self.side / 2 : Self.side))
    }

    /// Computes the tile of c in these rows and columns, over the whole contraction.
    func run(_ rows: Range<Int>, _ columns: Range<Int>) {
        let tile = c[rows, columns]
        multiply(a.part(rows, 0..<a.columns), b.part(0..<b.rows, columns), into: tile)
        finish?(tile, columns)
    }
}

/// Computes all the products, every tile a task of its own.
func multiplyInTiles(_ products: [Product], _ workers: Workers) {
    let grids = products.map(\.tiles)
    let starts = grids.reduce(into: [0]) { $0.append($0.last! + $1.rows.count * $1.columns.count) }
    workers.forEach(starts.last!) { task, _ in
        let index = starts.lastIndex { $0 <= task }!
        let (grid, place) = (grids[index], task - starts[index])
        products[index].run(grid.rows[place / grid.columns.count], grid.columns[place % grid.columns.count])
    }
}
