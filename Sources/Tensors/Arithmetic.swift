import CKernels
import Foundation

/// What decides the bits of a result besides the settings and the data: recorded with every attempt of a run.
public struct Arithmetic: Sendable, Hashable, CustomStringConvertible {
    /// Changes when an engine of another version gives other bits.
    public static let engineVersion = 2

    /// The engine's own kernels: `fused`, or `unfused` where the processor rounds a product before it is added.
    public let kernels: String
    /// OpenBLAS's version and kernel, such as `0.3.21 SkylakeX`.
    public let blas: String
    /// The C library, whose exp, log, pow and cos are used, such as `glibc 2.36`.
    public let library: String

    /// Of this process.
    public static let current = Arithmetic(
        kernels: "engine \(engineVersion) \(Kernels.current.arithmetic)", blas: "OpenBLAS \(BLAS.version) \(BLAS.kernel)",
        library: systemLibrary)

    /// Such as `engine 2 fused, OpenBLAS 0.3.21 SkylakeX, glibc 2.36`.
    public var description: String { [kernels, blas, library].joined(separator: ", ") }

    private static var systemLibrary: String {
        guard let version = pcn_c_library_version() else { return ProcessInfo.processInfo.operatingSystemVersionString }
        return "glibc " + String(cString: version)
    }
}
