import Foundation
import Specs
import Tensors
import Training

/// How long runs would take on this machine. Small networks are measured; the time of large ones is that of their products.
package final class TimeEstimate {
    private let threads: Int
    /// Operations a second of products.
    private let rate: Double
    /// Seconds in which an epoch's row becomes durable.
    private let recording: Double
    private var measured: [Settings: EpochTiming] = [:]
    private var spent = 0.0

    /// Fraction of the products' rate that a step of a large network is expected to reach.
    private static let expectedRatio = 0.9
    /// Seconds of the products of a measurement, above which they are nearly all of a run's time.
    private static let longest = 0.5
    /// Seconds of all measurements.
    private let patience: Double
    private static let mostBytes = 1 << 29

    /// - Parameters:
    ///   - lab: the folder of the lab, which need not exist.
    ///   - patience: seconds of all measurements; 0: nothing is measured.
    package init(threads: Int, lab: URL, patience: Double = 6) {
        (self.threads, self.patience) = (threads, patience)
        rate = Workers(threads: threads).measuredRate()
        recording = FileSystem.secondsToSync(at: lab)
    }

    /// Seconds of an epoch as `status` shows them, and of the whole run.
    package func seconds(_ settings: Settings) throws -> (epoch: Double, whole: Double) {
        let byProducts = secondsOfProducts(settings)
        guard let timing = try timing(settings) else {
            return (byProducts, (byProducts + recording) * Double(settings.epochs))
        }
        let epoch = timing.epoch(settings)
        return (epoch, (epoch + recording) * Double(settings.epochs) + timing.end(settings))
    }

    private func secondsOfProducts(_ settings: Settings) -> Double {
        let work = settings.multiplyAddsPerEpoch
        // The evaluation of an image takes a third of the work of a training image.
        let evaluation = Double(work.products) / 3 / Double(settings.trainRows) * Double(settings.evaluatedRows)
        return 2 * (Double(work.total) + evaluation) / (rate * Self.expectedRatio)
    }

    private func timing(_ settings: Settings) throws -> EpochTiming? {
        let key = EpochTiming.measured(settings)
        if let known = measured[key] { return known }
        guard secondsOfProducts(key) <= Self.longest, key.trainingBytes <= Self.mostBytes, spent < patience else {
            return nil
        }
        let start = Trainer.monotonic()
        let timing = try EpochTiming(measuring: settings, threads: threads)
        spent += Trainer.monotonic() - start
        measured[key] = timing
        return timing
    }
}
