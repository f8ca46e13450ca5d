import Foundation
import Specs

/// A run's parameter counts, work and estimated time, for `submit --dry-run`.
package struct DryRun: Codable, Sendable {
    package let experiment: String
    package let model: String
    package let dataset: String
    package let settings: Settings
    package let linearParameters: Int
    package let paperLinearParameters: Int
    package let convolutionParameters: Int
    package let multiplyAddsPerEpoch: Int
    package let secondsPerEpoch: Double
    package let seconds: Double

    private enum CodingKeys: String, CodingKey {
        case experiment, model, dataset, settings, seconds
        case linearParameters = "linear_parameters"
        case paperLinearParameters = "paper_linear_parameters"
        case convolutionParameters = "convolution_parameters"
        case multiplyAddsPerEpoch = "multiply_adds_per_epoch"
        case secondsPerEpoch = "seconds_per_epoch"
    }

    package init(_ experiment: String, _ settings: Settings, _ estimate: TimeEstimate) throws {
        self.experiment = experiment
        self.settings = settings
        (model, dataset) = (settings.model, settings.dataset.label)
        (linearParameters, paperLinearParameters) = (settings.linearParameters, settings.paperLinearParameters)
        convolutionParameters = settings.convolutionParameters
        multiplyAddsPerEpoch = settings.multiplyAddsPerEpoch.total
        (secondsPerEpoch, seconds) = try estimate.seconds(settings)
    }
}
