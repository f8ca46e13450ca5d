import Operations
import Training

/// What `export` can write: weights in a file format of `Training`, or curves for TensorBoard.
enum ExportFormat {
    case weights(WeightFormat)
    case tensorBoard

    static let all: [ExportFormat] = WeightFormat.all.map(ExportFormat.weights) + [.tensorBoard]

    static func named(_ name: String) -> ExportFormat? { all.first { $0.name == name } }

    var name: String {
        switch self {
        case .weights(let format): format.name
        case .tensorBoard: "tensorboard"
        }
    }

    /// What it is, in a line of the help.
    var summary: String {
        switch self {
        case .weights(let format): format.summary
        case .tensorBoard: "a folder of event files; `tensorboard --logdir DIR` reads it"
        }
    }
}
