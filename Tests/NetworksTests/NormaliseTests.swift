import Specs
import Tensors
import Testing

@testable import Networks

@Suite("Normalised hidden vectors")
struct NormaliseTests {
    /// The layer's y and dx for rows of x and dy.
    private func passes(_ x: [Float], _ dy: [Float], rows: Int, threads: Int = 2) -> (y: [Float], dx: [Float]) {
        let layer = NormaliseLayer(input: .vector(x.count / rows))
        let memory = (0..<4).map { _ in Tensor(rows, layer.input.stride) }
        let views = memory.map { Matrix(base: $0.base, rows: rows, columns: layer.input.count, stride: layer.input.stride) }
        views[0].assign(x)
        views[2].assign(dy)
        let pass = Pass(workspace: Workspace(Workers(threads: threads), WorkspaceNeed()), place: nil)
        layer.forward(views[0], into: views[1], pass)
        layer.backward(views[0], views[1], views[2], into: InputGradient(views[3]), pass)
        return withExtendedLifetime(memory) { (views[1].elements, views[3].elements) }
    }

    @Test("are the golden vectors, with ReLU after them")
    func golden() throws {
        let golden = try Golden.load("layer-norm-0")
        let found = passes(try golden.floats("x"), try golden.floats("dy"), rows: 5)
        #expect(relativeError(found.y, try golden.floats("y").map { max(0, $0) }) < 1e-4)
        #expect(relativeError(found.dx, try golden.floats("dx")) < 1e-4)
    }

    @Test("follow the formulas for every length around a block, with the same bits for any number of threads", arguments: 1...35)
    func lengths(_ columns: Int) {
        let rows = 33, stream = RandomStream(seed: 3, purpose: "rows")
        let x = (0..<rows * columns).map { stream.uniform($0, in: -3..<5) }
        let dy = (0..<rows * columns).map { stream.uniform(-1 - $0, in: -1..<1) }
        let found = passes(x, dy, rows: rows)
        var (y, dx): ([Float], [Float]) = ([], [])
        for row in 0..<rows {
            let range = row * columns..<(row + 1) * columns
            let (x, dy, n) = (x[range].map(Double.init), dy[range].map(Double.init), Double(columns))
            let mean = x.reduce(0, +) / n
            let scale = 1 / (x.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / n + 1e-5).squareRoot()
            let h = x.map { ($0 - mean) * scale }
            let (sum, product) = (dy.reduce(0, +) / n, zip(dy, h).reduce(0) { $0 + $1.0 * $1.1 } / n)
            y += h.map { Float(max(0, $0)) }
            dx += zip(dy, h).map { Float(scale * ($0 - sum - $1 * product)) }
        }
        // The gradient of one element, and the gradient of two, are differences of equal numbers.
        let size = columns < 3 ? 1e-3 : 0
        #expect(zip(found.y, y).allSatisfy { abs($0 - $1) < 1e-5 })
        #expect(columns < 3 ? zip(found.dx, dx).allSatisfy { Double(abs($0 - $1)) < size } : relativeError(found.dx, dx) < 1e-4)
        let one = passes(x, dy, rows: rows, threads: 1)
        #expect(one.y == found.y && one.dx == found.dx)
    }

    @Test("of an input that is everywhere the same are 0, and so is their gradient's mean")
    func constant() {
        let found = passes([Float](repeating: 7, count: 24), (0..<24).map(Float.init), rows: 2)
        #expect(found.y.allSatisfy { $0 == 0 } && found.dx.allSatisfy(\.isFinite))
    }
}
