/// Finds the known word closest to an unknown one, for "did you mean".
enum Suggestion {
    /// The closest candidate: equal except for case and dashes, at most two edits away, or a longer or shorter form.
    static func closest(to word: String, among candidates: [String]) -> String? {
        let given = fold(word)
        guard !given.isEmpty, given.count <= 40 else { return nil }
        let ranked = candidates.map { (candidate: $0, folded: fold($0)) }
            .map { ($0.candidate, $0.folded, distance(given, $0.folded)) }
        // A word of three letters with two edits is a different word.
        let near = ranked.filter { $0.2 <= min(2, (max(given.count, $0.1.count) - 1) / 2) }
        if let best = near.min(by: { $0.2 < $1.2 }) { return best.0 }
        let forms = ranked.filter { _, folded, _ in
            min(given.count, folded.count) >= 3 && (folded.starts(with: given) || given.starts(with: folded))
        }
        return forms.min { $0.2 < $1.2 }?.0
    }

    /// Lower case, without dashes, spaces and underscores: `batch-size`, `batchSize` and `batch_size` are equal.
    private static func fold(_ word: String) -> [Character] {
        word.lowercased().filter { $0 != "_" && $0 != "-" && $0 != " " }
    }

    /// Minimum number of insertions, deletions, substitutions and transpositions between two words.
    static func distance(_ left: [Character], _ right: [Character]) -> Int {
        var beforeLast: [Int] = []
        var last = Array(0...right.count)
        for (row, character) in left.enumerated() {
            var current = [row + 1]
            for (column, other) in right.enumerated() {
                var best = min(last[column + 1] + 1, current[column] + 1, last[column] + (character == other ? 0 : 1))
                if row > 0, column > 0, character == right[column - 1], left[row - 1] == other {
                    best = min(best, beforeLast[column - 1] + 1)
                }
                current.append(best)
            }
            beforeLast = last
            last = current
        }
        return last[right.count]
    }
}
