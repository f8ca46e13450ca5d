import CKernels

// The C loops over views, with their shapes checked once here.

extension Matrix {
    /// self[j, k] *= factor[j, k]
    public func multiplyElements(by factor: Matrix) {
        precondition(rows == factor.rows && columns == factor.columns)
        pcn_multiply(rows, columns, base, stride, factor.base, factor.stride)
    }

    /// self[i, k] += bias[k], then ReLU where asked. `bias` points at `columns` floats.
    public func addBias(_ bias: UnsafePointer<Float>, relu: Bool) {
        pcn_bias(rows, columns, base, stride, bias, relu ? 1 : 0)
    }

    /// self is dy. With ReLU, dy is set to 0 where y is not positive; then d_bias[k] = Σ_i dy[i, k] in the order of the rows.
    public func biasBackward(output y: Matrix, relu: Bool, into dBias: UnsafeMutablePointer<Float>) {
        precondition(rows == y.rows && columns == y.columns && stride == y.stride)
        pcn_bias_backward(rows, columns, base, y.base, stride, dBias, relu ? 1 : 0)
    }
}

extension Tensor {
    /// self[i] += source[i] for the first `count` elements of both.
    public func add(_ source: UnsafePointer<Float>, count: Int) {
        precondition(count <= self.count)
        pcn_add(count, base, source)
    }
}

extension Tensor {
    /// θ ← θ − rate · gradient, for a part of the elements.
    public func descend(_ gradient: Tensor, _ part: Range<Int>, rate: Float) {
        precondition(count == gradient.count && part.upperBound <= count)
        pcn_sgd(part.count, base + part.lowerBound, gradient.base + part.lowerBound, rate)
    }

    /// One Adam update of a part of the elements with first and second moments m and v: `rate` is γ/(1 − β₁ᵗ), `root` is 1/√(1 − β₂ᵗ).
    public func adam(
        _ gradient: Tensor, _ m: Tensor, _ v: Tensor, _ part: Range<Int>, beta1: Float, beta2: Float, epsilon: Float, rate: Float,
        root: Float
    ) {
        precondition(count == gradient.count && count == m.count && count == v.count && part.upperBound <= count)
        let start = part.lowerBound
        pcn_adam(
            part.count, base + start, gradient.base + start, m.base + start, v.base + start, beta1, beta2, epsilon, rate, root)
    }
}
