import Specs

@testable import Lab

/// Runs as a lab would list them.
enum Runs {
    static func run(
        _ settings: Settings, state: RunState = .completed, epoch: Int? = nil, train: Double = 0.6, test: Double = 0.5,
        loss: Double = 1, kernels: [String] = ["Zen"], error: String? = nil, experiments: [String] = ["e"], id: String? = nil,
        digest: String = "d", completions: [Completion] = []
    ) -> RunSummary {
        let done = epoch ?? settings.epochs
        return RunSummary(
            id: id ?? String(settings.runIdentity(datasetDigest: digest).prefix(16)), number: 1, experiments: experiments,
            tags: [],
            settings: settings,
            state: state, request: nil, priority: 0, epoch: done, epochs: settings.epochs,
            latest: done == 0
                ? nil : EpochRow(epoch: done, loss: loss, trainAccuracy: train, testAccuracy: test, seconds: 1),
            secondsPerEpoch: 1, attempts: 1, error: error,
            final: state == .completed
                ? FinalFigures(trainAccuracy: train, testAccuracy: test, weightsSHA256: "w") : nil,
            completions: completions, note: nil, datasetDigest: digest, remote: nil, arithmetics: kernels)
    }

    static func paper(_ linear: Linear = .pcn, d: Int = 16, _ dataset: DatasetName = .cifar10, seed: Int = 1) -> Settings {
        Settings(linear: linear, d: d, dataset: dataset, seed: seed)
    }

    /// A curve of a run's epochs that falls from 2.3 and climbs from 10 %; `loss` gives other losses.
    static func curve(_ run: RunSummary, loss: (Int) -> Double = { 0.3 + 2 / Double($0) }) -> [EpochRow] {
        (0..<run.epoch).map { index in
            let share = Double(index) / Double(run.epochs)
            return EpochRow(
                epoch: index + 1, loss: loss(index + 1), trainAccuracy: 0.1 + 0.5 * share, testAccuracy: 0.1 + 0.4 * share,
                seconds: 1)
        }
    }

    /// Everything that a name or an error may hold and a format may trip over.
    static let nasty = """
        a <b>&amp; "q" 's' </style><script>x()</script> ]]> % _ \\ $ # ~ ^ {x} [y] | `z` -- λ ε ± − é 日 \u{202E} \u{1}\u{1B}[31m
        \\end{document} \t \u{FFFF} https://example.org
        """

    /// Runs of every kind: several seeds, short ones, unfinished ones of each state, four data sets.
    static let mixture: [RunSummary] = [
        run(paper(.mlp), train: 0.97, test: 0.525),
        run(paper(d: 16, seed: 1), train: 0.610, test: 0.528, loss: 1.1),
        run(paper(d: 16, seed: 2), train: 0.614, test: 0.530, loss: 1.2),
        run(paper(d: 16, seed: 3), state: .running, epoch: 12, train: 0.3, test: 0.3),
        run(paper(d: 4), state: .paused, epoch: 7, train: 0.2, test: 0.1),
        run(paper(d: 16, .cifar100), state: .queued, epoch: 0),
        run(paper(d: 16, .cifar100, seed: 2), state: .cancelled, epoch: 1),
        run(Settings(dataset: .cifar10, epochs: 40), train: 0.43, test: 0.41),
        run(Settings(lambda: 4.9, dataset: .mnist, epochs: 40), experiments: [nasty]),
        run(
            Settings(linear: .lowRank, dataset: .shapes, epochs: 40), state: .failed, epoch: 3, kernels: ["a", nasty],
            error: nasty),
    ]
}
