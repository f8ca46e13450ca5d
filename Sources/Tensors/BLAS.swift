import COpenBLAS

/// The machine's BLAS library: the yardstick that `pcnlab bench` measures our own products by. Training does not call it.
public enum BLAS {
    /// The kernel chosen for this processor, such as `Zen` or `SkylakeX`.
    public static var kernel: String { String(cString: openblas_get_corename()) }

    /// Version and build options.
    public static var configuration: String { String(cString: openblas_get_config()) }

    /// c (M, N) = a (M, K) · b (K, N) by sgemm.
    public static func multiply(_ a: Matrix, _ b: Matrix, into c: Matrix) {
        precondition(
            a.columns == b.rows && c.rows == a.rows && c.columns == b.columns,
            "(\(a.rows), \(a.columns)) · (\(b.rows), \(b.columns)) into (\(c.rows), \(c.columns))")
        guard c.rows > 0, c.columns > 0 else { return }
        cblas_sgemm(
            CblasRowMajor, CblasNoTrans, CblasNoTrans, blasint(c.rows), blasint(c.columns), blasint(a.columns), 1, a.base,
            blasint(max(a.stride, 1)), b.base, blasint(max(b.stride, 1)), 0, c.base, blasint(max(c.stride, 1)))
    }
}
