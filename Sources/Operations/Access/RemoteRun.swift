import Lab
import Specs

/// A run as a service describes it: an object of `status --json`, with the few values more that make it a `RunSummary`.
struct RemoteRun: Decodable {
    let summary: RunSummary
    /// Why no worker trains the run although it is `running`.
    let abandoned: String?

    private struct Length: Decodable {
        let epochs: Int
        let trainAccuracy: Double
        let testAccuracy: Double
        let weightsSHA256: String

        private enum CodingKeys: String, CodingKey {
            case epochs
            case trainAccuracy = "train_accuracy"
            case testAccuracy = "test_accuracy"
            case weightsSHA256 = "weights_sha256"
        }
    }

    init(from decoder: any Decoder) throws {
        let object = try decoder.container(keyedBy: RunStatus.Key.self), more = try decoder.container(keyedBy: More.self)
        let id = try object.decode(String.self, forKey: .id), epoch = try object.decode(Int.self, forKey: .epoch)
        // Files here are named by it.
        guard id.isRunID else {
            throw DecodingError.dataCorruptedError(forKey: .id, in: object, debugDescription: "no id of a run")
        }
        let latest = try object.decodeIfPresent(Double.self, forKey: .loss).map { loss in
            EpochRow(
                epoch: epoch, loss: loss, trainAccuracy: try object.decode(Double.self, forKey: .trainAccuracy),
                testAccuracy: try object.decode(Double.self, forKey: .testAccuracy),
                seconds: try more.decodeIfPresent(Double.self, forKey: .latestSeconds) ?? 0)
        }
        let final = try object.decodeIfPresent(String.self, forKey: .weightsSHA256).map { digest in
            FinalFigures(
                trainAccuracy: try object.decode(Double.self, forKey: .finalTrainAccuracy),
                testAccuracy: try object.decode(Double.self, forKey: .finalTestAccuracy), weightsSHA256: digest)
        }
        let losses = try more.decodeIfPresent([Double?].self, forKey: .completionLosses) ?? []
        let completions = try object.decode([Length].self, forKey: .completions).enumerated().map { index, length in
            Completion(
                epochs: length.epochs,
                figures: FinalFigures(
                    trainAccuracy: length.trainAccuracy, testAccuracy: length.testAccuracy, weightsSHA256: length.weightsSHA256),
                loss: index < losses.count ? losses[index] : nil)
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
            arithmetics: try object.decode([String].self, forKey: .arithmetics))
    }

    private enum More: String, CodingKey {
        case number
        case latestSeconds = "latest_seconds"
        case completionLosses = "completion_losses"
    }
}

/// A page of `/runs`.
struct RemotePage: Decodable {
    let runs: [RemoteRun]
    let next: Int64?
    let counts: [String: Int]
    let unreadable: [RemoteFailure]?
}

/// An error that a service met, with the exit code that the command line has for it.
struct RemoteFailure: Decodable {
    let detail: String
    let exitCode: Int32

    private enum CodingKeys: String, CodingKey {
        case detail
        case exitCode = "exit_code"
    }
}

/// `/runs/{id}`.
struct RemoteRecord: Decodable {
    struct Attempt: Decodable {
        let number: Int
        let arithmetic: String
        let threads: Int
        let startedAt: Int64
        let endedAt: Int64?
        let outcome: String?

        private enum CodingKeys: String, CodingKey {
            case number, arithmetic, threads, outcome
            case startedAt = "started_at"
            case endedAt = "ended_at"
        }
    }

    struct Checkpoint: Decodable {
        let epoch: Int
        let batch: Int
        let file: String
        let bytes: Int
        let sha256: String
        let kept: Bool
    }

    struct Wish: Decodable {
        let experiment: String
        let epochs: Int
    }

    let attempts: [Attempt]
    let checkpoints: [Checkpoint]
    let wishes: [Wish]
}

/// A curve of `/curves`: arrays by column.
struct RemoteCurve: Decodable {
    let epoch: [Int]
    let loss: [Double?]
    let trainAccuracy: [Double]
    let testAccuracy: [Double]
    let seconds: [Double]

    var rows: [EpochRow] {
        epoch.indices.map {
            EpochRow(
                epoch: epoch[$0], loss: loss[$0] ?? .nan, trainAccuracy: trainAccuracy[$0], testAccuracy: testAccuracy[$0],
                seconds: seconds[$0])
        }
    }

    private enum CodingKeys: String, CodingKey {
        case epoch, loss, seconds
        case trainAccuracy = "train_accuracy"
        case testAccuracy = "test_accuracy"
    }
}

/// An event of a run or of the lab.
struct RemoteEvent: Decodable {
    let id: Int64
    let run: String?
    let at: Int64
    let attempt: Int?
    let kind: String
    let detail: String?

    var row: EventRow { EventRow(id: id, run: run, at: at, attempt: attempt, kind: kind, detail: detail) }
}
