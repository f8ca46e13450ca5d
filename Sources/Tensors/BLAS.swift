import COpenBLAS
import CKernels
import Foundation

/// OpenBLAS, the library behind `gemm` and the products over patches. Each call runs on the calling thread alone.
public enum BLAS {
    /// The environment variable by which OpenBLAS lets the user choose its kernel.
    public static let variable = "OPENBLAS_CORETYPE"

    /// The kernel in use, such as `Zen` or `SkylakeX`.
    public static var kernel: String {
        prepare()
        return String(cString: openblas_get_corename())
    }

    /// Version and build options, such as `OpenBLAS 0.3.21 DYNAMIC_ARCH …`.
    public static var configuration: String { String(cString: openblas_get_config()) }

    /// The version, such as `0.3.21`.
    public static var version: String {
        let words = configuration.split(separator: " ")
        return words.count > 1 && words[0] == "OpenBLAS" ? String(words[1]) : configuration
    }

    /// The kernel that OpenBLAS chose by itself, if another one replaced it because it does not use this processor's vectors.
    public static var replacedKernel: String? { preparation.replacedKernel }

    /// c (M, N) += a (M, K) · b (K, N); operands are taken as stored or transposed.
    static func multiply(_ a: Operand, _ b: Operand, into c: Matrix) {
        precondition(
            a.columns == b.rows && c.rows == a.rows && c.columns == b.columns,
            "(\(a.rows), \(a.columns)) · (\(b.rows), \(b.columns)) into (\(c.rows), \(c.columns))")
        guard c.rows > 0, c.columns > 0 else { return }
        prepare()
        cblas_sgemm(
            CblasRowMajor, a.isTransposed ? CblasTrans : CblasNoTrans, b.isTransposed ? CblasTrans : CblasNoTrans,
            blasint(c.rows), blasint(c.columns), blasint(a.columns), 1, a.stored.base, blasint(max(a.stored.stride, 1)),
            b.stored.base, blasint(max(b.stored.stride, 1)), 1, c.base, blasint(max(c.stride, 1)))
    }

    private struct Preparation: Sendable { let replacedKernel: String? }

    /// Done once, before the first product: calls run on the caller's thread, with a kernel that suits the processor.
    private static let preparation: Preparation = {
        let replaced = chooseKernel()
        openblas_set_num_threads(1)
        return Preparation(replacedKernel: replaced)
    }()

    /// Initialises the library unless that is done.
    static func prepare() { _ = preparation }

    /// An OpenBLAS older than the processor does not know its model and falls back to SSE, an eighth of the speed of AVX-512. It
    /// chooses its kernel again from `OPENBLAS_CORETYPE` when its dynamic initialisation is repeated, which is safe before the
    /// first product. A choice of the user's is never replaced.
    private static func chooseKernel() -> String? {
        let unvectorised: Set = [
            "Katmai", "Coppermine", "Northwood", "Prescott", "Banias", "Atom", "Core2", "Penryn", "Dunnington", "Nehalem",
            "Athlon", "Opteron", "Opteron_SSE3", "Barcelona", "Bobcat",
        ]
        let found = String(cString: openblas_get_corename())
        let suitable = ["avx512": "SkylakeX", "avx2": "Haswell"]
        guard getenv(variable) == nil, unvectorised.contains(found), let kernel = suitable[Kernels.all[0].name],
            let process = dlopen(nil, RTLD_NOW), let quit = dlsym(process, "gotoblas_dynamic_quit"),
            let start = dlsym(process, "gotoblas_dynamic_init")
        else { return nil }
        typealias Function = @convention(c) () -> Void
        setenv(variable, kernel, 1)
        unsafeBitCast(quit, to: Function.self)()
        unsafeBitCast(start, to: Function.self)()
        unsetenv(variable)
        return found
    }
}
