import Specs
import Tensors

/// Batch normalisation (Ioffe and Szegedy 2015): each channel to mean 0 and variance 1 over a batch and all positions, then a trained
/// scale and shift, as PyTorch's `BatchNorm2d`:
///
///     x̂ = (x − mean) / √(variance + 10⁻⁵),   y = γ·x̂ + β
///     dγ = Σ dy·x̂,   dβ = Σ dy,   dx = γ / √(variance + 10⁻⁵) · (dy − dβ/N − x̂·dγ/N)
///
/// In evaluation mean and variance are running ones: after each step of training they move by a tenth towards the batch's, the variance
/// with N − 1. They are part of a checkpoint like weights, and no optimizer changes them.
struct BatchNormLayer: Layer {
    let input: Shape
    let hasReLU: Bool
    let scale: Parameter
    let shift: Parameter
    let runningMean: Parameter
    let runningVariance: Parameter
    /// Mean and 1/√(variance + 10⁻⁵) of the last batch of training.
    private let moments: Tensor
    var output: Shape { input }
    private var channels: Int { input.channels }
    var parameters: [Parameter] { [scale, shift, runningMean, runningVariance] }
    var plainParameters: [Parameter] { parameters }

    static let epsilon = 1e-5
    /// The share of a batch in the running statistics.
    static let momentum = 0.1

    /// - Parameter name: of the layer; its parameters are called as in PyTorch.
    init(_ name: String, _ input: Shape, hasReLU: Bool) {
        (self.input, self.hasReLU) = (input, hasReLU)
        let parameter = { (kind: String, isTrained: Bool, value: Float) in
            let parameter = Parameter("\(name).\(kind)", [input.channels], isTrained: isTrained)
            parameter.value.assign([Float](repeating: value, count: input.channels))
            return parameter
        }
        scale = parameter("weight", true, 1)
        shift = parameter("bias", true, 0)
        runningMean = parameter("running_mean", false, 0)
        runningVariance = parameter("running_var", false, 1)
        moments = Tensor(2, input.channels)
    }

    /// Parts of the positions, whose sums are added in their order: by the shape alone.
    private static func parts(_ positions: Int) -> Tiling { Tiling(positions, by: max(256, (positions + 511) / 512)) }

    func workspace(batch: Int) -> WorkspaceNeed {
        let parts = Self.parts(batch * input.height * input.width).count
        return WorkspaceNeed(shared: 2 * ScratchCursor.floats(parts, channels) + 3 * ScratchCursor.floats(1, channels))
    }

    func forward(_ x: Matrix, into y: Matrix, _ pass: Pass) {
        let x = x.positions(of: input), y = y.positions(of: input), workers = pass.workers
        var shared = pass.workspace.shared
        let factor = shared.take(channels), offset = shared.take(channels)
        let (mean, inverse) = (moments.matrix.row(0), moments.matrix.row(1))
        if pass.place != nil { measure(x, shared, workers) }
        for c in 0..<channels {
            let center = pass.place == nil ? runningMean.value.base[c] : mean[c]
            let slope = pass.place == nil ? Self.inverse(Double(runningVariance.value.base[c])) : inverse[c]
            factor[c] = scale.value.base[c] * slope
            offset[c] = shift.value.base[c] - center * factor[c]
        }
        let parts = Self.parts(x.rows), a = Channels(factor), b = Channels(offset)
        workers.forEach(parts.count) { part, _ in
            x[rows: parts[part]].channelAffine(a, b, relu: hasReLU, into: y[rows: parts[part]])
        }
    }

    func backward(_ x: Matrix, _ y: Matrix, _ dy: Matrix, into dx: InputGradient?, _ pass: Pass) {
        let rows = x.positions(of: input), dy = dy.positions(of: input), workers = pass.workers
        var shared = pass.workspace.shared
        let a = shared.take(channels), b = shared.take(channels), c = shared.take(channels)
        let (mean, inverse) = (Channels(moments.matrix.row(0)), moments.matrix.row(1))
        let (sums, products) = reduce(rows.rows, shared, workers) { part, sums, products in
            dy[rows: part].channelProducts(with: rows[rows: part], shift: mean, sums: sums, products: products)
        }
        let n = Double(rows.rows)
        for k in 0..<channels {
            let slope = Double(inverse[k]), gamma = Double(scale.value.base[k]), dGamma = products[k] * slope
            scale.gradient.base[k] = Float(dGamma)
            shift.gradient.base[k] = Float(sums[k])
            // dx = a·dy + b·x + c
            let share = -gamma * slope * slope * dGamma / n
            a[k] = Float(gamma * slope)
            b[k] = Float(share)
            c[k] = Float(-share * Double(mean.base[k]) - gamma * slope * sums[k] / n)
        }
        guard let dx else { return }
        let target = dx.dx.positions(of: input), parts = Self.parts(rows.rows)
        let factors = (dy: Channels(a), x: Channels(b), one: Channels(c))
        workers.forEach(parts.count) { part, _ in
            let part = parts[part]
            dy[rows: part].channelAffine(factors.dy, factors.one, adding: (rows[rows: part], factors.x), into: target[rows: part])
        }
        dx.mask(by: x, workers)
    }

    /// The batch's mean, in one pass, and its variance about that, in another.
    private func measure(_ x: Matrix, _ shared: ScratchCursor, _ workers: Workers) {
        let (mean, inverse) = (moments.matrix.row(0), moments.matrix.row(1)), n = Double(x.rows)
        let old = Channels(runningMean.value.base)
        // About the running mean, which is near: so that sums stay small.
        let (sums, _) = reduce(x.rows, shared, workers) { part, sums, squares in
            x[rows: part].channelMoments(shift: old, sums: sums, squares: squares)
        }
        for c in 0..<channels { mean[c] = Float(Double(old.base[c]) + sums[c] / n) }
        let center = Channels(mean)
        let (rest, squares) = reduce(x.rows, shared, workers) { part, sums, squares in
            x[rows: part].channelMoments(shift: center, sums: sums, squares: squares)
        }
        for c in 0..<channels {
            let variance = max(0, squares[c] / n - (rest[c] / n) * (rest[c] / n))
            inverse[c] = Self.inverse(variance)
            let (oldMean, oldVariance) = (Double(runningMean.value.base[c]), Double(runningVariance.value.base[c]))
            runningMean.value.base[c] = Float(oldMean + Self.momentum * (Double(mean[c]) - oldMean))
            runningVariance.value.base[c] = Float(oldVariance + Self.momentum * (variance * n / max(1, n - 1) - oldVariance))
        }
    }

    private static func inverse(_ variance: Double) -> Float { Float(1 / (variance + epsilon).squareRoot()) }

    /// Two sums for each channel over all positions: by parts, added in float64.
    private func reduce(
        _ positions: Int, _ shared: ScratchCursor, _ workers: Workers,
        _ body: @Sendable (_ part: Range<Int>, _ first: Channels, _ second: Channels) -> Void
    ) -> (first: ChannelSums, second: ChannelSums) {
        var shared = shared
        let parts = Self.parts(positions), channels = channels
        let first = shared.take(parts.count, channels), second = shared.take(parts.count, channels)
        workers.forEach(parts.count) { part, _ in
            body(parts[part], Channels(first.row(part)), Channels(second.row(part)))
        }
        return (ChannelSums(parts: first), ChannelSums(parts: second))
    }
}

/// For each channel the sum of a column, in float64 and in the order of the rows.
private struct ChannelSums {
    let parts: Matrix

    subscript(channel: Int) -> Double {
        var sum = 0.0
        for row in 0..<parts.rows { sum += Double(parts.row(row)[channel]) }
        return sum
    }
}

extension Matrix {
    /// Images of this shape as a matrix with a position in each row.
    func positions(of shape: Shape) -> Matrix {
        let positions = shape.height * shape.width
        precondition(positions == 1 || stride == columns, "images are contiguous")
        return Matrix(
            base: base, rows: rows * positions, columns: shape.channels, stride: positions == 1 ? stride : shape.channels)
    }
}
