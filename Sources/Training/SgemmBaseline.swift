import Specs
import Tensors

/// What the machine's own sgemm takes for the products of a model's step: of a dense step in the linear part, and of patches
/// written out in the convolutions.
struct SgemmBaseline: Sendable {
    /// Images whose patches are written out at a time: sgemm gains nothing by more, and those of AlexNet's batch would take gigabytes.
    private static let images = 64

    private let threads: Int
    private let linear: [ProductShape]
    private let convolutions: [ProductShape]
    /// How often the convolutions' products make up a batch.
    private let times: Double

    init(_ settings: Settings, threads: Int) {
        self.threads = threads
        let batch = settings.batchSize, images = min(batch, Self.images), widths = settings.layerWidths
        times = Double(batch) / Double(images)
        let hasFeatures = !settings.featureSides.isEmpty
        // Forward, the weights' gradient, and the input's for every layer but the network's first.
        linear = zip(widths, widths.dropFirst()).enumerated().flatMap { index, layer in
            let (n, m) = layer
            let own = [ProductShape(batch, m, n), ProductShape(n, m, batch)]
            return index == 0 && !hasFeatures ? own : own + [ProductShape(batch, n, m)]
        }
        convolutions = settings.featureConvolutions.enumerated().flatMap { index, part -> [ProductShape] in
            let channels = part.output.channels
            let rows = images * part.output.height * part.output.width, patch = part.kernel * part.kernel * part.input.channels
            let own = [ProductShape(rows, channels, patch), ProductShape(channels, patch, rows)]
            return index == 0 ? own : own + [ProductShape(rows, patch, channels)]
        }
    }

    /// Floating-point operations of a step.
    var operations: Double {
        let sum = { (products: [ProductShape]) in products.reduce(0) { $0 + $1.operations } }
        return sum(linear) + times * sum(convolutions)
    }

    /// Measures.
    func seconds() -> Double {
        let patches = convolutions.isEmpty ? 0 : BLAS.seconds(of: convolutions, threads: threads)
        return BLAS.seconds(of: linear, threads: threads) + times * patches
    }
}
