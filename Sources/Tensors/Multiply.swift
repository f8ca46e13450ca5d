import CKernels

/// What the sums of a product of the engine's own kernel start from.
public enum PackedInitialValue: Sendable {
    case zero
    /// What c holds: the product continues along the contraction.
    case sum
    /// bias[column]; `wholePanels(columns)` floats are read.
    case bias(Bias)
}

/// Applied to each element of a product of the engine's own kernel while it is in a register.
public enum PackedEpilogue: Sendable {
    case none
    /// Negative elements are set to 0.
    case relu
    /// Each element is multiplied by the one in its place in panels like c.
    case times(Panels)
}

/// c (rows, columns) = a (rows, depth) · b (depth, columns), by one thread.
public func multiply(
    _ a: PackedLHS, _ b: Panels, into c: Matrix, initial: PackedInitialValue = .zero, then epilogue: PackedEpilogue = .none,
    _ kernels: Kernels = .current
) {
    precondition(c.rows == a.rows && c.columns == b.columns)
    multiply(a, b, c.base, stride: c.stride, panel: panelWidth, initial, epilogue, kernels)
}

/// The same into panels.
public func multiply(
    _ a: PackedLHS, _ b: Panels, into c: Panels, initial: PackedInitialValue = .zero, then epilogue: PackedEpilogue = .none,
    _ kernels: Kernels = .current
) {
    precondition(c.depth == a.rows && c.columns == b.columns)
    multiply(a, b, c.base, stride: panelWidth, panel: c.stride, initial, epilogue, kernels)
}

private func multiply(
    _ a: PackedLHS, _ b: Panels, _ c: UnsafeMutablePointer<Float>, stride: Int, panel: Int, _ initial: PackedInitialValue,
    _ epilogue: PackedEpilogue, _ kernels: Kernels
) {
    precondition(a.depth == b.depth && (a.groups == nil || a.groups!.rows == kernels.rows))
    var product = pcn_product()
    (product.rows, product.columns, product.depth) = (a.rows, b.columns, a.depth)
    (product.a, product.a_stride) = (UnsafePointer(a.base), a.stride)
    if let groups = a.groups { (product.a_packed, product.a_group) = (1, groups.stride) }
    (product.b, product.b_panel) = (UnsafePointer(b.base), b.stride)
    (product.c, product.c_stride, product.c_panel) = (c, stride, panel)
    switch initial {
    case .zero: break
    case .sum: product.adding = 1
    case .bias(let bias): product.bias = UnsafePointer(bias.base)
    }
    switch epilogue {
    case .none: break
    case .relu: product.relu = 1
    case .times(let factor):
        precondition(factor.stride == panel && stride == panelWidth)
        product.times = UnsafePointer(factor.base)
    }
    withUnsafePointer(to: product) { kernels.table.pointee.multiply($0) }
}
