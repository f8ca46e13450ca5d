import Foundation

/// Environment variables that select OpenBLAS's kernel instead of the processor's own.
enum BLASEnvironment {
    /// A note about such a variable; nil if none is set.
    static var override: String? {
        guard let kernel = ProcessInfo.processInfo.environment["OPENBLAS_CORETYPE"], !kernel.isEmpty else { return nil }
        return "OPENBLAS_CORETYPE=\(kernel.printable) chooses the kernel in place of the processor's own; "
            + "`env -u OPENBLAS_CORETYPE -u OPENBLAS_L2_SIZE pcnlab …` may be up to twice as fast"
    }
}
