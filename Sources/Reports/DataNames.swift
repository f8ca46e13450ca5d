import Lab
import Specs

/// Names for the data that runs were trained on, given only if some of the runs used different data under the same name.
struct DataNames {
    /// Of each data set's label under which there are several: the length of a prefix that tells the digests apart. Folders of own
    /// data may have the same last name.
    private let lengths: [String: Int]

    init(_ runs: [RunSummary]) {
        var digests: [String: Set<String>] = [:]
        for run in runs { digests[run.settings.dataset.label, default: []].insert(run.datasetDigest) }
        lengths = digests.filter { $0.value.count > 1 }.mapValues { digests in
            (8...64).first { length in Set(digests.map { $0.prefix(length) }).count == digests.count } ?? 64
        }
    }

    /// "data 1a2b3c4d"; nil if all of the runs on the same data set used the same data.
    func name(_ run: RunSummary) -> String? {
        lengths[run.settings.dataset.label].map { "data \(run.datasetDigest.prefix($0))" }
    }
}
