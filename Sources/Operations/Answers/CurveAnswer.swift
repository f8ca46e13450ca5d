import Lab

/// A run's curve by columns, as a service and its clients exchange it.
package struct CurveAnswer: Codable, Sendable {
    private let run: String
    private let epoch: [Int]
    /// Nil where the loss is not finite, which JSON cannot say.
    private let loss: [Double?]
    private let trainAccuracy: [Double]
    private let testAccuracy: [Double]
    private let seconds: [Double]

    private enum CodingKeys: String, CodingKey {
        case run, epoch, loss, seconds
        case trainAccuracy = "train_accuracy"
        case testAccuracy = "test_accuracy"
    }

    package init(run: String, _ rows: [EpochRow]) {
        self.run = run
        epoch = rows.map(\.epoch)
        loss = rows.map { $0.loss.isFinite ? $0.loss : nil }
        trainAccuracy = rows.map(\.trainAccuracy)
        testAccuracy = rows.map(\.testAccuracy)
        seconds = rows.map(\.seconds)
    }

    /// The rows. Throws if the columns are not equally long.
    package var rows: [EpochRow] {
        get throws {
            guard [loss.count, trainAccuracy.count, testAccuracy.count, seconds.count].allSatisfy({ $0 == epoch.count }) else {
                throw Failure("the service sent a curve whose columns are not equally long", status: .unavailable)
            }
            return epoch.indices.map {
                EpochRow(
                    epoch: epoch[$0], loss: loss[$0] ?? .nan, trainAccuracy: trainAccuracy[$0],
                    testAccuracy: testAccuracy[$0], seconds: seconds[$0])
            }
        }
    }
}
