import Foundation
import Tensors

/// The machine that the figures were measured on.
enum Machine {
    static var preface: String {
        """
        # Figures

        Written by `make bench` on \(date), in one run. Times are medians. The sides of a comparison were measured in turn,
        each after a pause and a warm-up step. On a shared machine only the ratios are reproducible.

        | | |
        | --- | --- |
        | processor | \(processor) |
        | own kernels | \(Kernels.current.name), \(Kernels.current.arithmetic) multiply-add |
        | BLAS | \(BLAS.configuration), kernel \(BLAS.kernel) |

        """
    }

    static var date: String {
        let parts = Calendar(identifier: .gregorian).dateComponents(in: .gmt, from: Date())
        return String(format: "%04d-%02d-%02d", parts.year ?? 0, parts.month ?? 0, parts.day ?? 0)
    }

    static var processor: String { "\(model), \(Environment.cores) \(Environment.cores == 1 ? "core" : "cores")" }

    /// The model's name with family and model numbers, which distinguish generations of the same name.
    private static var model: String {
        let lines = (try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8))?.split(separator: "\n") ?? []
        func field(_ name: String) -> String? {
            let parts = lines.lazy.map { $0.split(separator: ":").map { $0.trimmingCharacters(in: .whitespaces) } }
            return parts.first { $0.count == 2 && $0[0] == name }?[1]
        }
        guard let model = field("model name") else { return "unknown" }
        guard let family = field("cpu family"), let number = field("model") else { return model }
        return "\(model) (family \(family), model \(number))"
    }
}
