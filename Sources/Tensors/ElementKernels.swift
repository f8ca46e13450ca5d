// The C loops over tensors, with their shapes checked once here.

extension Tensor {
    /// self[i] += source[i] for the first `count` elements of both.
    public func add(_ source: UnsafePointer<Float>, count: Int) {
        precondition(count <= self.count)
        Kernels.current.table.pointee.add(count, base, source)
    }
}

extension Tensor {
    /// θ ← θ − rate · gradient, for a part of the elements.
    public func descend(_ gradient: Tensor, _ part: Range<Int>, rate: Float) {
        precondition(count == gradient.count && part.upperBound <= count)
        Kernels.current.table.pointee.sgd(part.count, base + part.lowerBound, gradient.base + part.lowerBound, rate)
    }

    /// θ ← factor · θ, for a part of the elements.
    public func scale(_ part: Range<Int>, by factor: Float) {
        precondition(part.upperBound <= count)
        Kernels.current.table.pointee.scale(part.count, base + part.lowerBound, factor)
    }

    /// v ← share · v + gradient + decay · θ and θ ← θ − rate · v, for a part of the elements; without v, share is 0.
    public func descend(_ gradient: Tensor, velocity: Tensor?, _ part: Range<Int>, rate: Float, share: Float, decay: Float) {
        precondition(count == gradient.count && count == velocity?.count ?? count && part.upperBound <= count)
        let start = part.lowerBound
        Kernels.current.table.pointee.momentum(
            part.count, base + start, gradient.base + start, velocity.map { $0.base + start }, rate, share, decay)
    }

    /// Moves towards another tensor: self[i] += (other[i] − self[i]) / n, the running mean of n tensors.
    public func average(_ other: Tensor, number n: Int) {
        precondition(count == other.count && n >= 1)
        let (share, target, source) = (1 / Float(n), base, other.base)
        for index in 0..<count { target[index] += (source[index] - target[index]) * share }
    }

    /// One Adam update of a part of the elements with first and second moments m and v: `rate` is γ/(1 − β₁ᵗ), `root` is 1/√(1 − β₂ᵗ).
    public func adam(
        _ gradient: Tensor, _ m: Tensor, _ v: Tensor, _ part: Range<Int>, beta1: Float, beta2: Float, epsilon: Float, rate: Float,
        root: Float
    ) {
        precondition(count == gradient.count && count == m.count && count == v.count && part.upperBound <= count)
        let start = part.lowerBound
        Kernels.current.table.pointee.adam(
            part.count, base + start, gradient.base + start, m.base + start, v.base + start, beta1, beta2, epsilon, rate, root)
    }
}

extension Matrix {
    /// y[i] = relu((x[i] − mean) / √(variance + 10⁻⁵)) for each row x[i] of this matrix, with that row's own mean and variance.
    public func normalise(into y: Matrix) {
        precondition(y.rows == rows && y.columns == columns)
        Kernels.current.table.pointee.normalise(rows, columns, base, stride, y.base, y.stride)
    }

    /// The gradient dx of `normalise` at this matrix, for dy before the ReLU.
    public func normaliseBackward(_ dy: Matrix, into dx: Matrix) {
        precondition(dy.rows == rows && dy.columns == columns && dx.rows == rows && dx.columns == columns)
        Kernels.current.table.pointee.normalise_backward(
            rows, columns, base, stride, dy.base, dy.stride, dx.base, dx.stride)
    }
}
