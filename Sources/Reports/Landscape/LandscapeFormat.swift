import Foundation
import Specs

/// A format of loss landscapes: its name on the command line, and the function that renders it.
public struct LandscapeFormat: Sendable {
    public let name: String
    public let render: @Sendable ([Landscape]) throws -> String

    @TaskLocal public static var all: [LandscapeFormat] = [.text, .csv, .json]

    public static func named(_ name: String) -> LandscapeFormat? { all.first { $0.name == name } }
}

extension LandscapeFormat {
    /// A table and histograms for people, 100 columns wide.
    public static let text = LandscapeFormat(name: "text") { landscapes in
        landscapes.map { LandscapeText(landscape: $0).text }.joined(separator: "\n")
    }

    /// One line for each sample. Values that are not finite are empty.
    public static let csv = LandscapeFormat(name: "csv") { landscapes in
        let header = [
            "architecture", "dataset", "seed", "model", "settings", "weights", "shuffled", "sample", "sample_seed", "loss",
            "accuracy",
        ]
        let lines = landscapes.flatMap(\.ensembles).flatMap { ensemble in
            let settings = ensemble.settings
            let own = settings.deviationsFromPaper.map(\.text).joined(separator: ", ")
            return ensemble.samples.enumerated().map { index, sample in
                [
                    settings.architecture.name, settings.dataset.label, "\(settings.seed)", settings.model, own,
                    settings.linear.name, "\(ensemble.isShuffled)", "\(index)", "\(sample.seed)",
                    sample.loss.isFinite ? "\(sample.loss)" : "", "\(sample.accuracy)",
                ]
            }
        }
        return ([header] + lines).map { CSV.line($0) }.joined()
    }

    /// A list of objects, one for each way to make weights, with every loss. Values that are not finite are null.
    public static let json = LandscapeFormat(name: "json") { landscapes in
        let rows = landscapes.flatMap { landscape in landscape.ensembles.map { LandscapeRow(landscape, $0) } }
        return try JSONOutput.text(rows) + "\n"
    }
}

/// All values of an ensemble.
private struct LandscapeRow: Encodable {
    let settings: Settings
    let model: String
    let weights: String
    let shuffled: Bool
    let samples: Int
    let notFinite: Int
    let mean: Double?
    let deviation: Double?
    let standardError: Double?
    let minimum: Double?
    let median: Double?
    let maximum: Double?
    /// L̄_W − L̄ and its standard error; null for W itself.
    let advantage: Double?
    let advantageError: Double?
    let conjecture: String?
    let histogramEdges: [Double]
    let histogramCounts: [Int]
    let losses: [Double?]
    let accuracies: [Double]

    init(_ landscape: Landscape, _ ensemble: LandscapeEnsemble) {
        settings = ensemble.settings
        (model, weights) = (ensemble.settings.model, ensemble.symbol)
        (shuffled, samples) = (ensemble.isShuffled, ensemble.samples.count)
        notFinite = ensemble.samples.count - ensemble.finite.count
        (mean, deviation) = (ensemble.statistics?.mean, ensemble.statistics?.deviation)
        standardError = ensemble.standardError
        (minimum, median, maximum) = (ensemble.quantile(0), ensemble.quantile(0.5), ensemble.quantile(1))
        let dense = ensemble.settings.linear.isDense ? nil : landscape.ensembles.first
        (advantage, advantageError) = (
            dense.flatMap { ensemble.advantage(over: $0)?.value }, dense.flatMap { ensemble.advantage(over: $0)?.error }
        )
        conjecture = dense.flatMap(ensemble.conjecture)
        (histogramEdges, histogramCounts) = (landscape.edges, landscape.counts(ensemble))
        losses = ensemble.samples.map { $0.loss.isFinite ? $0.loss : nil }
        accuracies = ensemble.samples.map(\.accuracy)
    }
}
