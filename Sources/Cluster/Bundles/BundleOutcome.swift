import Foundation
import Lab

/// How a start ended: its `outcome.json`, the last file that it writes.
public struct BundleOutcome: Codable, Sendable, Equatable {
    public enum Kind: String, Codable, Sendable, CaseIterable {
        /// All epochs are trained; the final figures are there.
        case completed
        case diverged
        /// It is trained to the epoch that its bundle says, with a checkpoint.
        case rung
        /// It ended in an error.
        case failed
        /// It was told to stop, and wrote a checkpoint.
        case stopped
        /// The node's arithmetic is not that of the run: nothing was trained.
        case refused
        /// The run's data cannot be used on this node: nothing was trained.
        case waits
        /// Another process trains the same bundle: nothing was trained.
        case busy
    }

    public let kind: Kind
    /// In words: the error, or what told it to stop.
    public let reason: String?
    public let node: String
    public let arithmetic: String
    public let trainAccuracy: Double?
    public let testAccuracy: Double?
    public let weights: String?
    public let validationAccuracy: Double?

    private enum CodingKeys: String, CodingKey {
        case kind, reason, node, arithmetic
        case trainAccuracy = "train_accuracy"
        case testAccuracy = "test_accuracy"
        case weights = "weights_sha256"
        case validationAccuracy = "validation_accuracy"
    }

    public init(_ kind: Kind, reason: String? = nil, node: String, arithmetic: String, figures: FinalFigures? = nil) {
        (self.kind, self.reason, self.node, self.arithmetic) = (kind, reason, node, arithmetic)
        (trainAccuracy, testAccuracy, weights) = (figures?.trainAccuracy, figures?.testAccuracy, figures?.weightsSHA256)
        validationAccuracy = figures?.validationAccuracy
    }

    /// Of a completed run.
    public var figures: FinalFigures? {
        guard let trainAccuracy, let testAccuracy, let weights else { return nil }
        return FinalFigures(
            trainAccuracy: trainAccuracy, testAccuracy: testAccuracy, weightsSHA256: weights,
            validationAccuracy: validationAccuracy)
    }

    public func encoded() throws -> Data {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        return try encoder.encode(self)
    }
}
