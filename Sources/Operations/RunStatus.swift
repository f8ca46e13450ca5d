import Lab
import Specs

/// A run in `status --json`. Keys without a value are null.
package struct RunStatus: Encodable {
    private let run: RunSummary
    /// Why no worker trains the run although it is `running`; nil if a worker does.
    private let abandoned: String?

    /// The experiment by which the run was selected; nil if it was not.
    private let experiment: String?

    package init(_ run: RunSummary, experiment: String?, abandoned: String?) {
        (self.run, self.experiment, self.abandoned) = (run, experiment, abandoned)
    }

    enum Key: String, CodingKey {
        case id, experiment, experiments, tags, model, dataset, seed, settings, state, request, priority, epoch, epochs, loss
        case attempts, error, abandoned, note, completions, remote
        case trainAccuracy = "train_accuracy"
        case testAccuracy = "test_accuracy"
        case finalTrainAccuracy = "final_train_accuracy"
        case finalTestAccuracy = "final_test_accuracy"
        case secondsPerEpoch = "seconds_per_epoch"
        case secondsLeft = "seconds_left"
        case linearParameters = "linear_parameters"
        case paperLinearParameters = "paper_linear_parameters"
        case convolutionParameters = "convolution_parameters"
        case weightsSHA256 = "weights_sha256"
        case validationAccuracy = "validation_accuracy"
        case finalValidationAccuracy = "final_validation_accuracy"
        case isTrial = "is_trial"
        case effectiveSettings = "effective_settings"
        case datasetDigest = "dataset_digest"
        case arithmetics = "arithmetic"
    }

    package func encode(to encoder: any Encoder) throws {
        var object = encoder.container(keyedBy: Key.self)
        try object.encode(run.id, forKey: .id)
        try object.encode(experiment ?? run.experiments.first, forKey: .experiment)
        try object.encode(run.experiments, forKey: .experiments)
        try object.encode(run.tags, forKey: .tags)
        try object.encode(run.model, forKey: .model)
        try object.encode(run.settings.dataset.label, forKey: .dataset)
        try object.encode(run.settings.seed, forKey: .seed)
        try object.encode(run.settings, forKey: .settings)
        try object.encode(EffectiveSettings(run.settings), forKey: .effectiveSettings)
        try object.encode(run.state, forKey: .state)
        try object.encode(run.request, forKey: .request)
        try object.encode(run.priority, forKey: .priority)
        try object.encode(run.epoch, forKey: .epoch)
        try object.encode(run.epochs, forKey: .epochs)
        try object.encode(run.latest?.loss, forKey: .loss)
        try object.encode(run.latest?.trainAccuracy, forKey: .trainAccuracy)
        try object.encode(run.latest?.testAccuracy, forKey: .testAccuracy)
        try object.encode(run.latest?.validationAccuracy, forKey: .validationAccuracy)
        try object.encode(run.isTrial, forKey: .isTrial)
        try object.encode(run.final?.trainAccuracy, forKey: .finalTrainAccuracy)
        try object.encode(run.final?.testAccuracy, forKey: .finalTestAccuracy)
        try object.encode(run.final?.validationAccuracy, forKey: .finalValidationAccuracy)
        try object.encode(run.secondsPerEpoch, forKey: .secondsPerEpoch)
        try object.encode(run.secondsLeft, forKey: .secondsLeft)
        try object.encode(run.attempts, forKey: .attempts)
        try object.encode(run.error, forKey: .error)
        try object.encode(abandoned, forKey: .abandoned)
        try object.encode(run.remote, forKey: .remote)
        try object.encode(run.note, forKey: .note)
        try object.encode(run.completions.map(CompletedLength.init), forKey: .completions)
        try object.encode(run.settings.linearParameters, forKey: .linearParameters)
        try object.encode(run.settings.paperLinearParameters, forKey: .paperLinearParameters)
        try object.encode(run.settings.convolutionParameters, forKey: .convolutionParameters)
        try object.encode(run.final?.weightsSHA256, forKey: .weightsSHA256)
        try object.encode(run.datasetDigest, forKey: .datasetDigest)
        try object.encode(run.arithmetics, forKey: .arithmetics)
    }
}

/// A run as a service describes it: the object of `status --json`, and what a client needs to know of the run all that a listing knows.
package struct RunAnswer: Encodable, Sendable {
    private let run: RunSummary
    private let status: RunStatus

    package init(_ run: RunSummary, experiment: String?, abandoned: String?) {
        self.run = run
        status = RunStatus(run, experiment: experiment, abandoned: abandoned)
    }

    enum Key: String, CodingKey {
        case number
        case latestSeconds = "latest_seconds"
        case completionLosses = "completion_losses"
    }

    package func encode(to encoder: any Encoder) throws {
        try status.encode(to: encoder)
        var object = encoder.container(keyedBy: Key.self)
        try object.encode(run.number, forKey: .number)
        try object.encode(run.latest?.seconds, forKey: .latestSeconds)
        try object.encode(run.completions.map(\.loss), forKey: .completionLosses)
    }
}

/// A length at which a run was completed.
struct CompletedLength: Codable {
    let epochs: Int
    private let trainAccuracy: Double
    @Nullable private(set) var testAccuracy: Double?
    @Nullable private var validationAccuracy: Double?
    let weightsSHA256: String

    init(_ completion: Completion) {
        epochs = completion.epochs
        (trainAccuracy, testAccuracy) = (completion.figures.trainAccuracy, completion.figures.testAccuracy)
        (validationAccuracy, weightsSHA256) = (completion.figures.validationAccuracy, completion.figures.weightsSHA256)
    }

    /// - Parameter loss: of the last epoch, which `status --json` does not have.
    func completion(loss: Double?) -> Completion {
        Completion(
            epochs: epochs,
            figures: FinalFigures(
                trainAccuracy: trainAccuracy, testAccuracy: testAccuracy, weightsSHA256: weightsSHA256,
                validationAccuracy: validationAccuracy),
            loss: loss)
    }

    /// With their names.
    var accuracies: [(String, Double?)] {
        [("train_accuracy", trainAccuracy), ("test_accuracy", testAccuracy), ("validation_accuracy", validationAccuracy)]
    }

    private enum CodingKeys: String, CodingKey {
        case epochs
        case trainAccuracy = "train_accuracy"
        case testAccuracy = "test_accuracy"
        case validationAccuracy = "validation_accuracy"
        case weightsSHA256 = "weights_sha256"
    }
}
