import ArgumentParser
import Foundation
import Lab
import Operations
import Reports
import Specs
import Training

struct Export: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Write a run's weights for PyTorch, NumPy and ONNX, or runs' curves for TensorBoard.",
        usage: """
            pcnlab export RUN [--format safetensors|npz|onnx] [--expand] [--output FILE]
            pcnlab export SELECTION [--format …] [--expand]
            pcnlab export --format tensorboard DIR [RUN …] [SELECTION]
            """,
        discussion: """
            Formats:

            \(ExportFormat.all.map { "  \($0.name): \($0.summary)" }.joined(separator: "\n"))

            Weights are those of the run's newest checkpoint, in float32, under the names that a PyTorch module has for them:

            \(Linear.all.map { "  \($0.name): \($0.export.summary)" }.joined(separator: "\n"))

            A convolution's are features.I.weight (out, in, k, k) and features.I.bias; of those made from points, \
            features.clouds.I (channels, d), the images' channels first, and features.I.taps (k·k, d).

            A PyTorch module has ReLU after each linear layer but the last; before the ReLU, where the setting normalise is layer, \
            torch.nn.functional.layer_norm over the vector, without weights.

            With --expand every layer is written as a dense one. A PCN's W = F(D) has the same bits that training multiplied with. The \
            file's metadata contain the run, its settings, epoch and state. Pixels are scaled as the setting input_scale says.

            An ONNX model always has dense layers. It resizes and scales images itself: its input `images` (batch, channel, y, x) are \
            the data set's pixels, 0…255, its output `logits` (batch, classes). A run of input_scale standard needs its data set for that.

            TensorBoard gets one folder a run, DIR/EXPERIMENT/MODEL-DATASET-sSEED-ID, with the loss and both accuracies of each \
            epoch, and DIR/index.csv with the runs' settings. Without a run or a selection: every run that has an epoch.
            """)

    @OptionGroup var lab: LabPlace

    @Argument(help: "The run, by id or an unambiguous prefix of it; with --format tensorboard the folder, then runs.")
    var arguments: [String] = []

    @Option(help: "What is written.")
    var format = ExportFormat.weights(.safetensors)

    @Flag(help: "Write every layer as a dense one.")
    var expand = false

    @Option(
        help: "The weights' file (default: MODEL-DATASET-sSEED-RUN and the format's name, in this folder).", completion: .file())
    var output: String?

    @OptionGroup(title: "SELECTION") var criteria: RunCriteria

    private var experiment: String? { criteria.experiment }

    func validate() throws {
        switch format {
        case .weights:
            if arguments.count > 1 || (arguments.isEmpty && criteria.isEmpty) {
                throw ValidationError("give one run to export, or a selection; `pcnlab status` lists them")
            }
            if !arguments.isEmpty, !criteria.isEmpty { throw ValidationError("give a run or a selection, not both") }
            if output != nil, arguments.isEmpty { throw ValidationError("--output is for one run, given by its id") }
        case .tensorBoard:
            if arguments.isEmpty { throw ValidationError("give the folder to write to: --format tensorboard DIR") }
            if output != nil { throw ValidationError("--format tensorboard writes a folder: give DIR in place of --output") }
            if expand { throw ValidationError("--expand is for weights, and --format tensorboard writes curves") }
            if !criteria.isEmpty, arguments.count > 1 { throw ValidationError("give runs or a selection, not both") }
        }
    }

    func run() throws {
        try reporting {
            let lab = try lab.open()
            switch format {
            case .weights(let format):
                let selected =
                    arguments.isEmpty
                    ? try lab.listing(criteria.selector, limit: nil).readable()
                    : try lab.runs(selectedBy: RunSelector(ids: arguments))
                if selected.isEmpty { throw Failure("no run is selected; `pcnlab status` lists them", Exit.missingFile) }
                try forEach(selected) { try writeWeights(lab, $0, format) }
            case .tensorBoard: try writeCurves(lab, given(arguments[0], isFolder: true))
            }
        }
    }

    private func writeWeights(_ lab: any LabAccess, _ run: RunSummary, _ format: WeightFormat) throws {
        let file = try lab.writeWeights(of: run, format: format.name, expand: expand) { name in
            let url = try given(output ?? name)
            try makeFolder(url.deletingLastPathComponent())
            return url
        }
        for sentence in file.skipped { Terminal.error.line(sentence.printable) }
        if output == nil { Terminal.output.line(file.name) }
        Terminal.error.line(
            "\(Format.count(file.tensors, "tensor")) of \(run.model) after epoch \(file.epoch), \(file.bytes.grouped) bytes")
        if let note = run.unfinishedNote { Terminal.error.line(note.printable) }
    }

    private func writeCurves(_ lab: any LabAccess, _ folder: URL) throws {
        let names = Array(arguments.dropFirst())
        let chosen = try lab.runs(selectedBy: names.isEmpty ? criteria.selector : RunSelector(ids: names))
        let named = { (run: RunSummary) in experiment ?? run.experiments.first }
        // A file's name depends on other runs of the experiment, if their ids begin alike: it is the same whichever runs are chosen.
        let experiments = Dictionary(chosen.compactMap(named).map { (Array($0.utf8), $0) }) { first, _ in first }.values
        let all = try experiments.sorted().flatMap { name in
            CurveFile.files(of: try lab.runs(selectedBy: RunSelector(experiment: name)), experiment: name)
        }
        let wanted = Dictionary(chosen.map { ($0.id, named($0).map { Array($0.utf8) }) }) { first, _ in first }
        let files = all.filter { $0.run.epoch > 0 && wanted[$0.run.id] == Array($0.experiment.utf8) }
        for file in files {
            guard let started = try lab.facts(of: file.run).attempts.first?.startedAt else { continue }
            let board = TensorBoardRun(file, try lab.epochs(of: file.run.id), started: started)
            try write(board.contents, to: folder.appending(path: board.path))
            Terminal.output.line(folder.appending(path: file.name).relativePath)
        }
        if !files.isEmpty { try write(CurveFile.index(files, path: \.name), to: folder.appending(path: "index.csv")) }
        let without = chosen.count - files.count
        let rest = files.isEmpty ? ": no epoch is done yet" : without == 0 ? "" : "; \(without) more without a whole epoch"
        Terminal.error.line("\(Format.count(files.count, "run")) in \(folder.relativePath.printable)\(rest)")
    }
}
