import Foundation
import Lab

/// A run's curves for TensorBoard: a file in a folder named after the run.
public struct TensorBoardRun: Sendable {
    /// The path below TensorBoard's log folder: EXPERIMENT/MODEL-DATASET-sSEED-ID/events.out.tfevents.0.pcnlab. A run always
    /// has the same path, also if it was removed and submitted again, so that writing it again replaces the file.
    public let path: String
    public let contents: Data

    /// - Parameters:
    ///   - curve: names the run within its experiment.
    ///   - started: milliseconds since 1970 at which the run's first attempt began.
    public init(_ curve: CurveFile, _ epochs: [EpochRow], started: Int64) {
        path = "\(curve.name)/events.out.tfevents.0.pcnlab"
        // The duration of each epoch is recorded, not its end: times are counted from the start of the first attempt, as if the run
        // had not been interrupted.
        var time = Double(started) / 1000
        var file = EventFile(wallTime: time)
        for row in epochs {
            time += row.seconds
            var values = [("loss", row.loss), ("accuracy/train", row.trainAccuracy)]
            if let accuracy = row.testAccuracy { values.append(("accuracy/test", accuracy)) }
            if let accuracy = row.validationAccuracy { values.append(("accuracy/validation", accuracy)) }
            file.add(values, step: row.epoch, wallTime: time)
        }
        contents = file.bytes
    }
}
