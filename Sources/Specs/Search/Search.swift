import Foundation

/// A random search with halving: trials whose settings are drawn from a space. The worst of them stop at each rung, and the best train
/// to their end.
public struct Search: Hashable, Sendable {
    /// Number of trials.
    public let trials: Int
    /// All draws are derived from it.
    public let seed: Int
    /// The settings that vary, each with its values.
    public let space: [SearchDimension]
    /// When trials are compared, and how many go on; nil where each is trained to its end.
    public let halving: Halving?
    /// Trainable parameters of the linear part that a trial may have at most; nil for any number.
    public let mostParameters: Int?

    /// Settings that a space cannot have, and why.
    static func reasonAgainst(_ key: String) -> String? {
        switch key {
        case "seed": "another seed is no better setting: retrain the winner over several with `pcnlab search best`"
        case "epochs": "trials are compared at the same epochs: give it at the top level, and rungs in halving"
        case "dataset": "accuracies on two data sets cannot be compared: write a search for each"
        case "train_samples", "test_samples", "validation_samples":
            "trials are compared on the same images: give it at the top level"
        case "checkpoint_every": "it changes no result: give it at the top level"
        default: nil
        }
    }

    /// The canonical form: JSON with sorted keys, without the number of trials, which may grow.
    public var canonicalSpace: String {
        var members = [
            JSONTree.Member("seed", .whole(seed)),
            JSONTree.Member("space", .object(space.map { JSONTree.Member($0.key, $0.json) })),
        ]
        if let mostParameters { members.append(JSONTree.Member("most_parameters", .whole(mostParameters))) }
        if let halving { members.append(JSONTree.Member("halving", halving.json)) }
        return JSONTree.object(members).canonical
    }
}

/// The rungs of a search.
public struct Halving: Hashable, Sendable {
    /// Epochs after which trials are compared, ascending, each less than the run's.
    public let rungs: [Int]
    /// One of so many trials goes on from a rung, rounded down, and at least one.
    public let oneOf: Int

    public init(rungs: [Int], oneOf: Int) { (self.rungs, self.oneOf) = (rungs, oneOf) }

    /// The number of trials that train to each rung, and to the end.
    public func sizes(of trials: Int) -> [Int] {
        rungs.reduce(into: [trials]) { sizes, _ in sizes.append(max(1, sizes.last! / oneOf)) }
    }

    /// What `by` can be: a search that saw the test split would report figures that it was selected by.
    static let measures = ["validation_accuracy"]
    /// What `keep` can be: "1/2" to "1/10".
    static let fractions = (2...10).map { "1/\($0)" }

    var json: JSONTree {
        .object([
            .init("by", .text(Self.measures[0])), .init("keep", .text("1/\(oneOf)")),
            .init("rungs", .list(rungs.map(JSONTree.whole))),
        ])
    }
}

extension Halving {
    /// From what `Search.canonicalSpace` returned; nil for a search without rungs.
    public init?(canonicalSpace: String) {
        struct Stored: Decodable {
            struct Halving: Decodable {
                let rungs: [Int]
                let keep: String
            }
            let halving: Halving?
        }
        guard let stored = try? JSONDecoder().decode(Stored.self, from: Data(canonicalSpace.utf8)).halving,
            let oneOf = stored.keep.split(separator: "/").last.flatMap({ Int($0) }), oneOf > 1
        else { return nil }
        self.init(rungs: stored.rungs, oneOf: oneOf)
    }
}
