import Foundation
import Specs

/// Figure 4: the distribution of the loss on one batch over random weights, for each way to make the weights of a network.
public struct Landscape: Sendable {
    /// LinearNet on Shapes
    public let subject: String
    /// What the networks have in common: widths, batch, inputs and seed.
    public let setting: String
    /// A file name without extension: linearnet-shapes-s1.
    public let name: String
    /// The ensembles. The first, W, is the one that the others are compared with.
    public let ensembles: [LandscapeEnsemble]

    /// - Parameter ensembles: at least one, all of one architecture, data set and batch; the dense one first.
    public init(_ ensembles: [LandscapeEnsemble], batch: Int) {
        let settings = ensembles[0].settings
        subject = "\(settings.architecture.displayName) on \(settings.dataset.displayName)"
        setting =
            settings.layerWidths.map(String.init).joined(separator: " → ")
            + "; one batch of \(batch) training images, \(settings.inputScale.name) inputs, seed \(settings.seed)"
        name = "\(settings.architecture.name)-\(settings.dataset.label)-s\(settings.seed)"
        self.ensembles = ensembles
    }

    /// The scale of all finite losses, which the histograms share.
    var scale: Scale { Scale.losses(ensembles.flatMap(\.finite)) }

    /// Number of bins of a histogram.
    static let bins = 60

    /// The edges of the bins, one more than there are bins.
    var edges: [Double] {
        let scale = scale
        return (0...Self.bins).map { scale.value(Double($0) / Double(Self.bins)) }
    }

    /// The number of an ensemble's losses in each bin.
    func counts(_ ensemble: LandscapeEnsemble) -> [Int] {
        let scale = scale
        var counts = [Int](repeating: 0, count: Self.bins)
        for loss in ensemble.finite {
            counts[max(0, min(Self.bins - 1, Int(scale.position(loss) * Double(Self.bins))))] += 1
        }
        return counts
    }
}

/// The losses of random networks whose weights are made in the same way.
public struct LandscapeEnsemble: Sendable {
    public struct Sample: Sendable {
        public let seed: Int
        public let loss: Double
        public let accuracy: Double

        public init(seed: Int, loss: Double, accuracy: Double) {
            (self.seed, self.loss, self.accuracy) = (seed, loss, accuracy)
        }
    }

    public let settings: Settings
    /// Whether the weights of each layer were shuffled.
    public let isShuffled: Bool
    public let samples: [Sample]

    public init(_ settings: Settings, isShuffled: Bool, samples: [Sample]) {
        (self.settings, self.isShuffled, self.samples) = (settings, isShuffled, samples)
    }

    /// W, F(D) or UVᵀ: the symbol of the linear part or, if that is dense, of the convolutions.
    var symbol: String {
        settings.linear.isDense ? (settings.convolution ?? .dense).symbol : settings.linear.symbol
    }

    /// F(D) of PCN16 (λ 4.9), shuffled
    var label: String {
        let prefix = settings.architecture.displayName + "-"
        let model = settings.model.hasPrefix(prefix) ? String(settings.model.dropFirst(prefix.count)) : settings.model
        let own = settings.weightDeviationsFromPaper.map(\.text).joined(separator: ", ")
        return "\(symbol) of \(model)" + (own.isEmpty ? "" : " (\(own))") + (isShuffled ? ", shuffled" : "")
    }

    var finite: [Double] { samples.map(\.loss).filter(\.isFinite) }
    var statistics: Statistics? { Statistics(finite) }
    /// Standard error of the mean.
    var standardError: Double? {
        statistics.flatMap { statistics in statistics.deviation.map { $0 / Double(statistics.count).squareRoot() } }
    }

    /// The quantile of the finite losses by nearest rank; nil if there are none.
    func quantile(_ share: Double) -> Double? {
        let sorted = finite.sorted()
        return sorted.isEmpty ? nil : sorted[Int((share * Double(sorted.count - 1)).rounded())]
    }

    /// L̄_W − L̄, the quantity of §6.5, with its standard error.
    func advantage(over dense: LandscapeEnsemble) -> (value: Double, error: Double)? {
        guard let theirs = dense.statistics?.mean, let ours = statistics?.mean, let a = dense.standardError, let b = standardError
        else { return nil }
        return (theirs - ours, (a * a + b * b).squareRoot())
    }

    /// How §6.5 expects networks with these weights to compare with dense ones; nil if it cannot be determined.
    func conjecture(over dense: LandscapeEnsemble) -> String? {
        advantage(over: dense).map { abs($0.value) <= 2 * $0.error ? "comparable" : $0.value > 0 ? "better" : "worse" }
    }
}
