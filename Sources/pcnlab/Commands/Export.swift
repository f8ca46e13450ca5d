import ArgumentParser
import Foundation
import Lab
import Reports
import Specs

struct Export: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Write a run's weights for PyTorch and NumPy, or runs' curves for TensorBoard.",
        usage: """
            pcnlab export RUN [--format safetensors|npz] [--expand] [--output FILE]
            pcnlab export --format tensorboard DIR [RUN …] [--experiment NAME]
            """,
        discussion: """
            Formats:

            \(ExportFormat.all.map { "  \($0.name): \($0.summary)" }.joined(separator: "\n"))

            Weights are those of the run's newest checkpoint, in float32, under the names that a PyTorch module has for them:

            \(Linear.all.map { "  \($0.name): \($0.export.summary)" }.joined(separator: "\n"))

            A convolution's are features.I.weight (out, in, k, k) and features.I.bias; of those made from points, \
            features.clouds.I (channels, d), the images' channels first, and features.I.taps (k·k, d).

            With --expand every layer is written as a dense one. A PCN's W = F(D) has the same bits that training multiplied with. The \
            file's metadata contain the run, its settings, epoch and state. Pixels are scaled as the setting input_scale says.

            TensorBoard gets one folder a run, DIR/EXPERIMENT/MODEL-DATASET-sSEED-ID, with the loss and both accuracies of each \
            epoch. Without RUN or --experiment: every run that has an epoch.
            """)

    @OptionGroup var lab: LabOption

    @Argument(help: "The run, by id or an unambiguous prefix of it; with --format tensorboard the folder, then runs.")
    var arguments: [String] = []

    @Option(help: "What is written.")
    var format = ExportFormat.weights(.safetensors)

    @Flag(help: "Write every layer as a dense one.")
    var expand = false

    @Option(
        help: "The weights' file (default: MODEL-DATASET-sSEED-RUN and the format's name, in this folder).", completion: .file())
    var output: String?

    @Option(help: "Only the runs of this experiment; for tensorboard.")
    var experiment: String?

    func validate() throws {
        switch format {
        case .weights:
            if arguments.count != 1 { throw ValidationError("give one run to export; `pcnlab status` lists them") }
            if experiment != nil { throw ValidationError("--experiment is for --format tensorboard; give the run's id") }
        case .tensorBoard:
            if arguments.isEmpty { throw ValidationError("give the folder to write to: --format tensorboard DIR") }
            if output != nil { throw ValidationError("--format tensorboard writes a folder: give DIR in place of --output") }
            if expand { throw ValidationError("--expand is for weights, and --format tensorboard writes curves") }
            if experiment != nil, arguments.count > 1 { throw ValidationError("give runs or --experiment, not both") }
        }
    }

    func run() throws {
        try reporting {
            let lab = try lab.open()
            switch format {
            case .weights(let format):
                let weights = try WeightsOfRun(lab, runs(lab, arguments)[0])
                let name = output ?? "\(weights.fileName(expanded: expand)).\(format.name)"
                let url = URL(fileURLWithPath: name), export = try weights.export(expanded: expand)
                try makeFolder(url.deletingLastPathComponent())
                let bytes = try format.write(export, to: url)
                if output == nil { Terminal.output.line(name) }
                let epoch = export.metadata["epoch"] ?? "?"
                Terminal.error.line(
                    "\(Format.count(export.tensors.count, "tensor")) of \(weights.run.model) after epoch \(epoch), \(bytes.grouped) bytes"
                )
            case .tensorBoard: try writeCurves(lab, URL(fileURLWithPath: arguments[0], isDirectory: true))
            }
        }
    }

    private func writeCurves(_ lab: Lab, _ folder: URL) throws {
        let names = arguments.dropFirst()
        let chosen = names.isEmpty ? try lab.runs(RunFilter(experiment: experiment)) : try runs(lab, names)
        // A run's name depends on all the other runs of its experiment. They are all read, so that the name is always the same.
        let experiments = Set(chosen.compactMap { experiment ?? $0.experiments.first })
        let files = try experiments.flatMap { name in
            CurveFile.files(of: try lab.runs(RunFilter(experiment: name)), experiment: name).map { (name, $0) }
        }
        let curves = Dictionary(files.map { (name, file) in ([name, file.run.id], file) }) { first, _ in first }
        var written = 0
        for run in chosen where run.epoch > 0 {
            guard let name = experiment ?? run.experiments.first, let curve = curves[[name, run.id]],
                let started = try lab.attempts(of: run.id).first?.startedAt
            else { continue }
            let file = TensorBoardRun(curve, try lab.epochs(of: run.id), started: started)
            try write(file.contents, to: folder.appending(path: file.path))
            Terminal.output.line(folder.appending(path: curve.name).relativePath)
            written += 1
        }
        Terminal.error.line(
            "\(Format.count(written, "run")) in \(folder.relativePath)" + (written == 0 ? ": no epoch is done yet" : ""))
    }

    private func runs(_ lab: Lab, _ names: some Sequence<String>) throws -> [RunSummary] {
        try lab.runs(RunFilter(ids: names.map { try lab.run(named: $0) }))
    }
}
