import CKernels

/// What the sums of a product begin at.
public enum ProductStart: Sendable {
    case zero
    /// What c holds: the product goes on along the contraction.
    case sum
    /// bias[column]; `wholePanels(columns)` floats are read.
    case bias(Bias)
}

/// What becomes of a product's sums before they are stored.
public enum ProductEnd: Sendable {
    case sums
    /// Negative sums become 0.
    case relu
    /// Each is multiplied by the element in its place, of panels like c.
    case times(Panels)
    /// They are the gradient of a layer's `output` after ReLU: where that is not positive they become 0. Then they are added,
    /// row after row, to `columnSums`, of which whole panels are read and written.
    case reluBackward(output: Matrix?, columnSums: Bias)
}

extension ProductStart {
    /// The same for some of the columns.
    public subscript(columns: Range<Int>) -> ProductStart {
        if case .bias(let bias) = self { .bias(Bias(bias.base + columns.lowerBound)) } else { self }
    }
}

extension ProductEnd {
    /// The same for some of the columns.
    public subscript(columns: Range<Int>) -> ProductEnd {
        guard case .reluBackward(let output, let sums) = self else { return self }
        return .reluBackward(output: output?[columns: columns], columnSums: Bias(sums.base + columns.lowerBound))
    }
}

/// A row of floats beside a matrix's columns. `@unchecked Sendable` for the reason given at `Tensor`.
public struct Bias: @unchecked Sendable {
    public let base: UnsafeMutablePointer<Float>
    public init(_ base: UnsafeMutablePointer<Float>) { self.base = base }
}

/// c (rows, columns) = a (rows, depth) · b (depth, columns), by one thread.
public func multiply(
    _ a: RowFactor, _ b: Panels, into c: Matrix, from start: ProductStart = .zero, then end: ProductEnd = .sums,
    _ kernels: Kernels = .current
) {
    precondition(c.rows == a.rows && c.columns == b.columns)
    multiply(a, b, c.base, stride: c.stride, panel: panelWidth, start, end, kernels)
}

/// The same into panels.
public func multiply(
    _ a: RowFactor, _ b: Panels, into c: Panels, from start: ProductStart = .zero, then end: ProductEnd = .sums,
    _ kernels: Kernels = .current
) {
    precondition(c.depth == a.rows && c.columns == b.columns)
    multiply(a, b, c.base, stride: panelWidth, panel: c.stride, start, end, kernels)
}

private func multiply(
    _ a: RowFactor, _ b: Panels, _ c: UnsafeMutablePointer<Float>, stride: Int, panel: Int, _ start: ProductStart,
    _ end: ProductEnd, _ kernels: Kernels
) {
    precondition(a.depth == b.depth && (a.groups == nil || a.groups!.rows == kernels.rows))
    var product = pcn_product()
    (product.rows, product.columns, product.depth) = (a.rows, b.columns, a.depth)
    (product.a, product.a_stride) = (UnsafePointer(a.base), a.stride)
    if let groups = a.groups { (product.a_packed, product.a_group) = (1, groups.stride) }
    (product.b, product.b_panel) = (UnsafePointer(b.base), b.stride)
    (product.c, product.c_stride, product.c_panel) = (c, stride, panel)
    switch start {
    case .zero: break
    case .sum: product.adding = 1
    case .bias(let bias): product.bias = UnsafePointer(bias.base)
    }
    switch end {
    case .sums: break
    case .relu: product.relu = 1
    case .times(let factor):
        precondition(factor.stride == panel && stride == panelWidth)
        product.times = UnsafePointer(factor.base)
    case .reluBackward(let output, let sums):
        product.column_sums = sums.base
        if let output { (product.output, product.output_stride) = (UnsafePointer(output.base), output.stride) }
    }
    withUnsafePointer(to: product) { kernels.table.pointee.multiply($0) }
}
