extension Settings {
    /// Whether any product of the network is computed by BLAS.
    public var usesBLAS: Bool { linear.usesBLAS || architecture.hasConvolutions }

    /// The part of a recorded arithmetic that decides this run's bits. The parts are separated by ", "; OpenBLAS's version and
    /// kernel have no effect on a run without BLAS, which has the same bits under AVX2 and AVX-512.
    public func decisive(_ arithmetic: String) -> String {
        guard !usesBLAS else { return arithmetic }
        return arithmetic.split(separator: ", ").filter { !$0.hasPrefix("OpenBLAS") }.joined(separator: ", ")
    }
}
