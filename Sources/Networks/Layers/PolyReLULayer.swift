import Specs
import Tensors

/// A polynomial of ReLU with trained coefficients (Zhuo et al., "Polynomial Composition Activations", ICLR 2025), of degree 3:
///
///     y = a₀ + a₁·r + a₂·r² + a₃·r³,   r = max(0, x)
///     da_k = Σ dy·rᵏ,   dx = dy·(a₁ + 2a₂·r + 3a₃·r²) where x > 0, else 0
///
/// After a layer that ends in ReLU r is that layer's output.
struct PolyReLULayer: Layer {
    static let coefficients = 4
    let input: Shape
    /// a₀ … a₃; at first 0 and three times ⅓.
    let polynomial: Parameter
    let hasReLU = false
    var output: Shape { input }

    init(input: Shape, name: String) {
        self.input = input
        polynomial = Parameter(name, [Self.coefficients])
        polynomial.value.assign([0] + [Float](repeating: 1 / 3, count: 3))
    }

    private static let rowsOfPart = 16

    func workspace(batch: Int) -> WorkspaceNeed {
        // The sums of each part, in float64.
        WorkspaceNeed(shared: ScratchCursor.floats(2 * Self.coefficients, Tiling(batch, by: Self.rowsOfPart).count))
    }

    func forward(_ x: Matrix, into y: Matrix, _ pass: Pass) {
        let a = polynomial.value, parts = Tiling(x.rows, by: Self.rowsOfPart), count = input.count
        pass.workers.forEach(parts.count) { part, _ in
            let (a0, a1, a2, a3) = (a.base[0], a.base[1], a.base[2], a.base[3])
            for row in parts[part] {
                let (from, to) = (x.row(row), y.row(row))
                for index in 0..<count {
                    let r = max(0, from[index])
                    to[index] = a0 + r * (a1 + r * (a2 + r * a3))
                }
            }
        }
    }

    func backward(_ x: Matrix, _ y: Matrix, _ dy: Matrix, into dx: InputGradient?, _ pass: Pass) {
        let parts = Tiling(x.rows, by: Self.rowsOfPart), count = input.count, a = polynomial.value
        var shared = pass.workspace.shared
        let sums = PartSums(shared.take(2 * Self.coefficients * parts.count))
        let target = dx?.dx
        pass.workers.forEach(parts.count) { part, _ in
            let (a1, a2, a3) = (a.base[1], 2 * a.base[2], 3 * a.base[3])
            var (s0, s1, s2, s3) = (0.0, 0.0, 0.0, 0.0)
            for row in parts[part] {
                let (from, gradient) = (x.row(row), dy.row(row))
                for index in 0..<count {
                    let r = max(0, from[index]), g = gradient[index], first = Double(g * r)
                    s0 += Double(g)
                    s1 += first
                    s2 += first * Double(r)
                    s3 += first * Double(r) * Double(r)
                    if let target { target.row(row)[index] = from[index] > 0 ? g * (a1 + r * (a2 + r * a3)) : 0 }
                }
            }
            for (index, sum) in [s0, s1, s2, s3].enumerated() { sums.base[part * Self.coefficients + index] = sum }
        }
        for index in 0..<Self.coefficients {
            var sum = 0.0
            for part in 0..<parts.count { sum += sums.base[part * Self.coefficients + index] }
            polynomial.gradient.base[index] = Float(sum)
        }
    }

    /// Memory of float64 in the scratch memory. `@unchecked Sendable` for the reason given at `Tensor`: parts write disjoint elements.
    private struct PartSums: @unchecked Sendable {
        let base: UnsafeMutablePointer<Double>

        /// - Parameter memory: aligned to a cache line, as all scratch memory is.
        init(_ memory: UnsafeMutablePointer<Float>) {
            base = UnsafeMutableRawPointer(memory).assumingMemoryBound(to: Double.self)
        }
    }
}
