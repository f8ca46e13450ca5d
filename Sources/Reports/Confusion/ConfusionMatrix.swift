import Specs

/// How many images of each class a network takes for each class.
public struct ConfusionMatrix: Sendable, Equatable {
    /// What was tested: LinearNet-PCN16 on CIFAR-10, seed 1, after epoch 6.
    public let title: String
    /// One name for each class.
    public let classNames: [String]
    /// Images by actual class (rows) and predicted class (columns).
    public private(set) var counts: [[Int]]

    /// What is classified, in the plural: images.
    public let samples: String

    /// A matrix without images.
    public init(title: String, classNames: [String], samples: String = "images") {
        (self.title, self.classNames, self.samples) = (title, classNames, samples)
        counts = [[Int]](repeating: [Int](repeating: 0, count: classNames.count), count: classNames.count)
    }

    /// Counts one image.
    public mutating func add(actual: Int, predicted: Int) { counts[actual][predicted] += 1 }

    /// All images.
    public var total: Int { counts.joined().reduce(0, +) }
    /// Images that are taken for their own class.
    public var correct: Int { counts.indices.reduce(0) { $0 + counts[$1][$1] } }

    /// The share of a class's images that are taken for it; nil without images.
    public func recall(_ label: Int) -> Double? {
        let images = counts[label].reduce(0, +)
        return images == 0 ? nil : Double(counts[label][label]) / Double(images)
    }

    /// The share of the images taken for a class that are of it; nil if none is.
    public func precision(_ label: Int) -> Double? {
        let images = counts.reduce(0) { $0 + $1[label] }
        return images == 0 ? nil : Double(counts[label][label]) / Double(images)
    }

    /// A pair of classes that are confused.
    struct Confusion: Equatable {
        let actual: Int
        let predicted: Int
        let count: Int
    }

    /// The most frequent confusions, in order.
    func mostConfused(_ limit: Int) -> [Confusion] {
        let all = counts.indices.flatMap { actual in
            counts.indices.filter { $0 != actual && counts[actual][$0] > 0 }.map {
                Confusion(actual: actual, predicted: $0, count: counts[actual][$0])
            }
        }
        return Array(all.sorted { ($1.count, $0.actual, $0.predicted) < ($0.count, $1.actual, $1.predicted) }.prefix(limit))
    }
}
