import Lab
import Specs

/// A run's curve by columns, as a service and its clients exchange it.
package struct CurveAnswer: Codable, Sendable {
    private let run: String
    private let epoch: [Int]
    /// Nil where the loss is not finite, which JSON cannot say.
    private let loss: [Double?]
    private let trainAccuracy: [Double]
    /// Nil for a trial of a search.
    @Nullable private var testAccuracy: [Double]?
    /// Nil for a run without validation images.
    @Nullable private var validationAccuracy: [Double]?
    private let seconds: [Double]

    private enum CodingKeys: String, CodingKey {
        case run, epoch, loss, seconds
        case trainAccuracy = "train_accuracy"
        case testAccuracy = "test_accuracy"
        case validationAccuracy = "validation_accuracy"
    }

    package init(run: String, _ rows: [EpochRow]) {
        self.run = run
        epoch = rows.map(\.epoch)
        loss = rows.map { $0.loss.isFinite ? $0.loss : nil }
        trainAccuracy = rows.map(\.trainAccuracy)
        testAccuracy = Self.column(rows, \.testAccuracy)
        validationAccuracy = Self.column(rows, \.validationAccuracy)
        seconds = rows.map(\.seconds)
    }

    /// The values of all rows; nil if there are none.
    private static func column(_ rows: [EpochRow], _ value: (EpochRow) -> Double?) -> [Double]? {
        let values = rows.compactMap(value)
        return values.isEmpty || values.count < rows.count ? nil : values
    }

    /// The rows. Throws if the columns are not equally long.
    package var rows: [EpochRow] {
        get throws {
            guard
                [loss.count, trainAccuracy.count, testAccuracy?.count, validationAccuracy?.count, seconds.count]
                    .allSatisfy({ $0 ?? epoch.count == epoch.count })
            else {
                throw Failure("the service sent a curve whose columns are not equally long", status: .unavailable)
            }
            return epoch.indices.map {
                EpochRow(
                    epoch: epoch[$0], loss: loss[$0] ?? .nan, trainAccuracy: trainAccuracy[$0],
                    testAccuracy: testAccuracy?[$0], seconds: seconds[$0], validationAccuracy: validationAccuracy?[$0])
            }
        }
    }
}
