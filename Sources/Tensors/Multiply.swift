import COpenBLAS

/// A factor of a matrix product: a matrix, or the transposed form of one, read where it lies.
public protocol Factor: Sendable {
    var rows: Int { get }
    var columns: Int { get }
    /// The matrix in memory, and whether the factor is its transpose.
    var stored: Matrix { get }
    var isTransposed: Bool { get }
    func part(_ rows: Range<Int>, _ columns: Range<Int>) -> Self
}

extension Matrix: Factor {
    public var stored: Matrix { self }
    public var isTransposed: Bool { false }
    public func part(_ rows: Range<Int>, _ columns: Range<Int>) -> Matrix { self[rows, columns] }
    /// The transpose, without moving anything.
    public var transposed: Transposed { Transposed(stored: self) }
}

/// The transpose of a matrix in memory.
public struct Transposed: Factor {
    public let stored: Matrix
    public var isTransposed: Bool { true }
    public var rows: Int { stored.columns }
    public var columns: Int { stored.rows }
    public func part(_ rows: Range<Int>, _ columns: Range<Int>) -> Transposed { stored[columns, rows].transposed }
}

/// c (M, N) = a (M, K) · b (K, N), or c += a·b where `adding`: one single-threaded sgemm.
public func multiply(_ a: some Factor, _ b: some Factor, into c: Matrix, adding: Bool = false) {
    precondition(
        a.columns == b.rows && c.rows == a.rows && c.columns == b.columns,
        "(\(a.rows), \(a.columns)) · (\(b.rows), \(b.columns)) into (\(c.rows), \(c.columns))")
    guard c.rows > 0, c.columns > 0 else { return }
    cblas_sgemm(
        CblasRowMajor, a.isTransposed ? CblasTrans : CblasNoTrans, b.isTransposed ? CblasTrans : CblasNoTrans, blasint(c.rows),
        blasint(c.columns), blasint(a.columns), 1, a.stored.base, blasint(max(a.stored.stride, 1)), b.stored.base,
        blasint(max(b.stored.stride, 1)), adding ? 1 : 0, c.base, blasint(max(c.stride, 1)))
}

/// The BLAS library that multiplies.
public enum BLAS {
    /// Threads inside one product: always one. Dispatch runs the tiles, so that the order of every sum depends on shapes alone.
    static let singleThreaded: Void = openblas_set_num_threads(1)

    /// The kernel chosen for this processor, such as `Zen` or `SkylakeX`. Results are the same bits only under the same kernel.
    public static var kernel: String { String(cString: openblas_get_corename()) }

    /// Version and build options.
    public static var configuration: String { String(cString: openblas_get_config()) }
}
