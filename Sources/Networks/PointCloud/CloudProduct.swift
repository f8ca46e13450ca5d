import Tensors

/// y (B, m) = x (B, n) · W, W[j, k] = F(z(a_j, b_k)), times a layer's factors: the forward pass; with the clouds exchanged, the gradient of its input.
struct CloudProduct: Sendable {
    private static let mostColumns = 128
    /// A tile of fewer columns passes over the batch too often.
    private static let fewestColumns = 64

    private let x: Matrix
    private let a: Matrix
    private let b: Matrix
    private let kernel: WeightKernel
    private let factors: OutputFactors?
    /// Whether b are the output neurons: not in the gradient of the input.
    private let isForward: Bool
    private let y: Matrix
    private let bias: Bias?
    private let relu: Bool
    private let mask: Matrix?
    private let rows: Tiling
    private let columns: Tiling
    var tasks: Int { rows.count * columns.count }

    /// - Parameters:
    ///   - isForward: whether b are the output neurons, whose factors W has.
    ///   - bias: the initial value of each row of y; 0 where there is none.
    ///   - mask: y is set to 0 where this matrix of its shape is not positive.
    init(
        _ x: Matrix, _ a: Matrix, _ b: Matrix, _ kernel: WeightKernel, _ factors: OutputFactors?, isForward: Bool, into y: Matrix,
        bias: Bias? = nil, relu: Bool = false, mask: Matrix? = nil
    ) {
        (self.x, self.a, self.b, self.kernel, self.y) = (x, a, b, kernel, y)
        (self.bias, self.relu, self.mask) = (bias, relu, mask)
        (self.factors, self.isForward) = (factors, isForward)
        let (inputs, outputs, d) = (a.rows, b.rows, a.columns)
        let wanted = TaskSize(Gemm.operations(x.rows, inputs, outputs)).tasks
        columns = Tiling(
            outputs, by: (outputs + Self.mostColumns - 1) / Self.mostColumns < wanted ? Self.fewestColumns : Self.mostColumns)
        // Each part of the rows computes its weights anew, some d operations for each: it needs enough rows to be worth that.
        let fewestRows = outputs <= Self.fewestColumns ? 4 * d : 16 * d
        let parts = max(1, min((wanted + columns.count - 1) / columns.count, x.rows / fewestRows))
        rows = Tiling(x.rows, parts: parts, multipleOf: PackedLHS.groupMultiple)
    }

    /// Floats of each thread's scratch memory.
    static func scratch(d: Int) -> Int {
        Panels.floats(d, mostColumns) + Panels.floats(PointCloudLayer.tileDepth, mostColumns) + 32
    }

    /// Computes some rows and columns of y, tile by tile along the contraction.
    func run(_ task: Int, _ scratch: ScratchCursor) {
        let (rows, columns) = (self.rows[task / self.columns.count], self.columns[task % self.columns.count])
        var scratch = scratch
        let positions = scratch.panels(b.columns, columns.count)
        positions.pack(b[rows: columns].transposed)
        let depths = Tiling(a.rows, by: PointCloudLayer.tileDepth), target = y[rows, columns]
        for index in 0..<depths.count {
            let depth = depths[index]
            var scratch = scratch
            let weights = scratch.panels(depth.count, columns.count)
            kernel.weights(a[rows: depth], positions, into: weights)
            if let factors {
                if isForward {
                    factors.apply(to: weights, a[rows: depth], columns: columns, positions)
                } else {
                    factors.apply(to: weights, rows: depth, a[rows: depth], positions)
                }
            }
            let first: PackedInitialValue = bias.map { .bias(Bias($0.base + columns.lowerBound)) } ?? .zero
            multiply(
                PackedLHS(x[rows, depth]), weights, into: target, initial: index == 0 ? first : .sum,
                then: relu && index == depths.count - 1 ? .relu : .none)
        }
        if let mask { Epilogue.mask(mask).apply(to: target, rows: rows, columns: columns) }
    }
}
