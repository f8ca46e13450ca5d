import Foundation
import Lab

/// A run's curves as TensorBoard reads them: a file in a folder that names the run.
public struct TensorBoardRun: Sendable {
    /// Within the folder that TensorBoard is given: EXPERIMENT/MODEL-DATASET-sSEED-ID/events.out.tfevents.….pcnlab. The same run
    /// has the same name each time, so that writing it again replaces it.
    public let path: String
    public let contents: Data

    /// - Parameters:
    ///   - curve: names the run within its experiment.
    ///   - started: milliseconds since 1970 at which the run's first attempt began.
    public init(_ curve: CurveFile, _ epochs: [EpochRow], started: Int64) {
        path = "\(curve.name)/events.out.tfevents.\(started / 1000).pcnlab"
        // When an epoch ended is not recorded, only how long it took: the times run on from the first attempt's start, as if
        // nothing had ever interrupted the run.
        var time = Double(started) / 1000
        var file = EventFile(wallTime: time)
        for row in epochs {
            time += row.seconds
            file.add(
                [("loss", row.loss), ("accuracy/train", row.trainAccuracy), ("accuracy/test", row.testAccuracy)], step: row.epoch,
                wallTime: time)
        }
        contents = file.bytes
    }
}
