import CKernels

/// The packed right-hand side of a product of the engine's own kernel, (depth, columns), in the order in which the kernel reads
/// it: panels of sixteen columns, one after the other, the last one padded. A view of scratch memory.
///
/// `@unchecked Sendable` for the reason given at `Tensor`.
public struct Panels: @unchecked Sendable {
    package let base: UnsafeMutablePointer<Float>
    public let depth: Int
    public let columns: Int
    /// Floats from panel to panel.
    let stride: Int

    /// Floats that panels of this size take.
    public static func floats(_ depth: Int, _ columns: Int) -> Int { depth * wholePanels(columns) }

    public init(base: UnsafeMutablePointer<Float>, depth: Int, columns: Int) {
        self.init(base: base, depth: depth, columns: columns, stride: depth * panelWidth)
    }

    private init(base: UnsafeMutablePointer<Float>, depth: Int, columns: Int, stride: Int) {
        (self.base, self.depth, self.columns, self.stride) = (base, depth, columns, stride)
    }

    /// A part of the contraction.
    public subscript(depth part: Range<Int>) -> Panels {
        precondition(part.upperBound <= depth)
        return Panels(base: base + part.lowerBound * panelWidth, depth: part.count, columns: columns, stride: stride)
    }

    /// Some columns, from the first of a panel on.
    public subscript(columns part: Range<Int>) -> Panels {
        precondition(part.lowerBound % panelWidth == 0 && part.upperBound <= columns, "a part begins with a panel")
        return Panels(base: base + part.lowerBound / panelWidth * stride, depth: depth, columns: part.count, stride: stride)
    }

    /// Copies `source` (depth, columns) in.
    public func pack(_ source: Matrix, _ kernels: Kernels = .current) {
        precondition(source.rows == depth && source.columns == columns)
        kernels.table.pointee.pack(depth, columns, panelWidth, source.base, source.stride, base, stride)
    }

    /// Copies `source` (depth, columns) in, as stored or transposed.
    public func pack(_ source: Operand, _ kernels: Kernels = .current) {
        guard source.isTransposed else { return pack(source.stored, kernels) }
        precondition(source.rows == depth && source.columns == columns && stride == depth * panelWidth)
        kernels.table.pointee.pack_transposed(depth, columns, source.stored.base, source.stored.stride, base)
    }

    /// Copies the panels out: `target` (depth, columns).
    public func unpack(into target: Matrix) {
        precondition(target.rows == depth && target.columns == columns)
        for panel in 0..<panels.count {
            let part = panels[panel]
            for k in 0..<depth {
                (target.row(k) + part.lowerBound).update(from: base + panel * stride + k * panelWidth, count: part.count)
            }
        }
    }

    /// self ⊙= `factor`, of the same sides.
    public func multiply(by factor: Panels) {
        precondition(
            factor.depth == depth && factor.columns == columns && stride == depth * panelWidth && factor.stride == stride)
        for index in 0..<Self.floats(depth, columns) { base[index] *= factor.base[index] }
    }

    /// Multiplies row k by factor(k).
    public func scaleRows(by factor: (Int) -> Float) {
        for k in 0..<depth {
            let factor = factor(k)
            for panel in 0..<panels.count {
                let row = base + panel * stride + k * panelWidth
                for l in 0..<panelWidth { row[l] *= factor }
            }
        }
    }

    /// Multiplies column j by factors[j]; whole panels are read.
    public func scaleColumns(by factors: UnsafePointer<Float>) {
        for panel in 0..<panels.count {
            let factors = factors + panel * panelWidth
            for k in 0..<depth {
                let row = base + panel * stride + k * panelWidth
                for l in 0..<panelWidth { row[l] *= factors[l] }
            }
        }
    }

    /// Multiplies element (j, k) by exp(−s · r²), r the distance of the first two coordinates of a_j and b_k: a (depth, d), and b
    /// (d, columns), the other positions packed as a transpose. s is of the rows or, whole panels of them, of the columns.
    public func multiplyByWindow(
        _ a: Matrix, _ b: Panels, rowScales: UnsafePointer<Float>? = nil, columnScales: UnsafePointer<Float>? = nil,
        _ kernels: Kernels = .current
    ) {
        precondition(a.rows == depth && b.columns == columns && a.columns == b.depth && a.stride == b.depth && b.depth >= 2)
        precondition((rowScales == nil) != (columnScales == nil) && stride == depth * panelWidth)
        kernels.table.pointee.gaussian(depth, columns, b.depth, a.base, b.base, rowScales, columnScales, base)
    }

    /// row_sums[k] += Σ_j self[k, j] and column_sums[j] += Σ_k self[k, j]: a column of `rowSums`, and whole panels.
    public func addSums(rows: Matrix, columns sums: UnsafeMutablePointer<Float>, _ kernels: Kernels = .current) {
        precondition(rows.rows == depth && rows.columns == 1 && stride == depth * panelWidth)
        kernels.table.pointee.sums(depth, columns, base, rows.base, rows.stride, sums)
    }

    /// Element (k, j).
    public subscript(k: Int, j: Int) -> Float { base[j / panelWidth * stride + k * panelWidth + j % panelWidth] }
}

/// The left-hand side of a product of the engine's own kernel, (rows, depth): a matrix as it is stored, or the transpose of one,
/// packed in groups of as many rows as the kernel keeps in registers. A view.
///
/// `@unchecked Sendable` for the reason given at `Tensor`.
public struct PackedLHS: @unchecked Sendable {
    let base: UnsafeMutablePointer<Float>
    public let rows: Int
    public let depth: Int
    /// From row to row; in a packed left-hand side from one step of the contraction to the next.
    let stride: Int
    /// Of a packed left-hand side: rows of a group, and floats from group to group.
    let groups: (rows: Int, stride: Int)?

    /// The matrix as it is stored.
    public init(_ matrix: Matrix) { self.init(matrix.base, matrix.rows, matrix.columns, matrix.stride, nil) }

    fileprivate init(
        _ base: UnsafeMutablePointer<Float>, _ rows: Int, _ depth: Int, _ stride: Int, _ groups: (rows: Int, stride: Int)?
    ) {
        (self.base, self.rows, self.depth, self.stride, self.groups) = (base, rows, depth, stride, groups)
    }

    /// Room for the transpose of a (depth, rows) matrix, to be filled by `pack`.
    public init(packedIn memory: UnsafeMutablePointer<Float>, rows: Int, depth: Int, _ kernels: Kernels = .current) {
        self.init(memory, rows, depth, kernels.rows, (kernels.rows, kernels.rows * depth))
    }

    /// A number of rows that is whole groups of any kernels.
    public static let groupMultiple = 24

    /// Floats that a packed left-hand side takes: whole groups of any kernels, and whole cache lines.
    public static func floats(rows: Int, depth: Int) -> Int { (rows + 47) / 48 * 48 * depth }

    /// Packs the transpose of `source` (depth, rows).
    public func pack(_ source: Matrix, _ kernels: Kernels = .current) {
        precondition(groups?.rows == kernels.rows && source.columns == rows && source.rows == depth)
        kernels.table.pointee.pack(depth, rows, kernels.rows, source.base, source.stride, base, kernels.rows * depth)
    }

    /// Some rows; of a packed left-hand side, from the first of a group on.
    public subscript(rows part: Range<Int>) -> PackedLHS {
        precondition(part.upperBound <= rows)
        guard let groups else { return PackedLHS(base + part.lowerBound * stride, part.count, depth, stride, nil) }
        precondition(part.lowerBound % groups.rows == 0, "a part of a packed left-hand side begins with a group")
        return PackedLHS(base + part.lowerBound / groups.rows * groups.stride, part.count, depth, stride, groups)
    }
}

extension Panels {
    /// The columns of each panel, the last one's without its padding.
    public var panels: Tiling { Tiling(columns, by: panelWidth) }

    /// A panel (depth, 16) as a left-hand side.
    public func rows(panel: Int) -> PackedLHS {
        PackedLHS(base + panel * stride, depth, panels[panel].count, panelWidth, nil)
    }

    /// The transpose of a panel, (16, depth), as a left-hand side: a panel already has the packed layout.
    public func transposedRows(panel: Int, _ kernels: Kernels = .current) -> PackedLHS {
        PackedLHS(base + panel * stride, panels[panel].count, depth, panelWidth, (kernels.rows, kernels.rows))
    }
}
