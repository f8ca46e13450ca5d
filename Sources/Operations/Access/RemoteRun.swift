import Lab
import Specs
import Training

/// A run as a service describes it: an object of `status --json`, with the few values more that make it a `RunSummary`.
struct RemoteRun: Decodable {
    let summary: RunSummary
    /// Why no worker trains the run although it is `running`.
    let abandoned: String?

    init(from decoder: any Decoder) throws {
        let object = try decoder.container(keyedBy: RunStatus.Key.self), more = try decoder.container(keyedBy: RunAnswer.Key.self)
        let id = try object.decode(String.self, forKey: .id), epoch = try object.decode(Int.self, forKey: .epoch)
        // Files here are named by it.
        guard id.isRunID else {
            throw DecodingError.dataCorruptedError(forKey: .id, in: object, debugDescription: "no id of a run")
        }
        let latest = try object.decodeIfPresent(Double.self, forKey: .loss).map { loss in
            EpochRow(
                epoch: epoch, loss: loss, trainAccuracy: try object.decode(Double.self, forKey: .trainAccuracy),
                testAccuracy: try object.decodeIfPresent(Double.self, forKey: .testAccuracy),
                seconds: try more.decodeIfPresent(Double.self, forKey: .latestSeconds) ?? 0,
                validationAccuracy: try object.decodeIfPresent(Double.self, forKey: .validationAccuracy))
        }
        let final = try object.decodeIfPresent(String.self, forKey: .weightsSHA256).map { digest in
            FinalFigures(
                trainAccuracy: try object.decode(Double.self, forKey: .finalTrainAccuracy),
                testAccuracy: try object.decodeIfPresent(Double.self, forKey: .finalTestAccuracy), weightsSHA256: digest,
                validationAccuracy: try object.decodeIfPresent(Double.self, forKey: .finalValidationAccuracy))
        }
        let losses = try more.decodeIfPresent([Double?].self, forKey: .completionLosses) ?? []
        let completions = try object.decode([CompletedLength].self, forKey: .completions).enumerated().map { index, length in
            length.completion(loss: index < losses.count ? losses[index] : nil)
        }
        abandoned = try object.decodeIfPresent(String.self, forKey: .abandoned)
        summary = RunSummary(
            id: id, number: try more.decode(Int64.self, forKey: .number),
            experiments: try object.decode([String].self, forKey: .experiments),
            tags: try object.decode([String].self, forKey: .tags),
            settings: try object.decode(Settings.self, forKey: .settings),
            state: try object.decode(RunState.self, forKey: .state),
            request: try object.decodeIfPresent(RunRequest.self, forKey: .request),
            priority: try object.decode(Int.self, forKey: .priority), epoch: epoch,
            epochs: try object.decode(Int.self, forKey: .epochs), latest: latest,
            secondsPerEpoch: try object.decodeIfPresent(Double.self, forKey: .secondsPerEpoch),
            attempts: try object.decode(Int.self, forKey: .attempts),
            error: try object.decodeIfPresent(String.self, forKey: .error), final: final, completions: completions,
            note: try object.decodeIfPresent(String.self, forKey: .note),
            datasetDigest: try object.decode(String.self, forKey: .datasetDigest),
            remote: try object.decodeIfPresent(RemotePlace.self, forKey: .remote),
            isTrial: try object.decode(Bool.self, forKey: .isTrial),
            arithmetics: try object.decode([String].self, forKey: .arithmetics))
    }
}

/// A page of `/runs`.
struct RemotePage: Decodable {
    let runs: [RemoteRun]
    let next: Int64?
    let counts: [String: Int]
    let unreadable: [ErrorAnswer]?
}

/// `/runs/{id}`.
struct RemoteRecord: Decodable {
    let attempts: [AttemptAnswer]
    let checkpoints: [CheckpointAnswer]
    let wishes: [WishAnswer]
    let spectra: [LayerSpectrum]?
}
