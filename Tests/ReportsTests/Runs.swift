import Specs

@testable import Lab

/// Runs as a lab would list them.
enum Runs {
    static func run(
        _ settings: Settings, state: RunState = .completed, epoch: Int? = nil, train: Double = 0.6, test: Double = 0.5,
        loss: Double = 1, kernels: [String] = ["Zen"], error: String? = nil
    ) -> RunSummary {
        let done = epoch ?? settings.epochs
        return RunSummary(
            id: String(settings.runIdentity(datasetDigest: "d").prefix(16)), experiments: ["e"], tags: [], settings: settings,
            state: state, request: nil, priority: 0, epoch: done, epochs: settings.epochs,
            latest: done == 0
                ? nil : EpochRow(epoch: done, loss: loss, trainAccuracy: train, testAccuracy: test, seconds: 1),
            secondsPerEpoch: 1, attempts: 1, error: error,
            final: state == .completed
                ? FinalFigures(trainAccuracy: train, testAccuracy: test, weightsSHA256: "w") : nil,
            datasetDigest: "d", arithmetics: kernels)
    }

    static func paper(_ linear: Linear = .pcn, d: Int = 16, _ dataset: DatasetName = .cifar10, seed: Int = 1) -> Settings {
        Settings(linear: linear, d: d, dataset: dataset, seed: seed)
    }
}
