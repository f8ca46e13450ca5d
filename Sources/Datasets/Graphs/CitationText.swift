/// A citation graph in the text layout of Cora: `NAME.content` has a line for each paper, its id, a 0 or 1 for each word, and its class;
/// `NAME.cites` has a line for each citation, the cited paper's id and the citing one's.
enum CitationText {
    struct Fault: Error, Equatable {
        /// Counts from 1.
        let line: Int
        let reason: String
    }

    /// The nodes in the order of the lines.
    /// - Parameters:
    ///   - words: how many each paper has.
    ///   - classes: the names; a label is an index into these.
    static func nodes(_ text: String, words: Int, classes: [String]) throws -> (ids: [Substring], nodes: ImageSet) {
        let numbers = Dictionary(uniqueKeysWithValues: classes.enumerated().map { (Substring($1), UInt8($0)) })
        var ids: [Substring] = [], pixels: [UInt8] = [], labels: [UInt8] = [], known: Set<Substring> = []
        for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            let fields = line.split(whereSeparator: \.isWhitespace)
            if fields.isEmpty { continue }
            guard fields.count == words + 2 else {
                throw Fault(line: index + 1, reason: "has \(fields.count) fields; expected an id, \(words) words and a class")
            }
            guard let label = numbers[fields[words + 1]] else {
                throw Fault(
                    line: index + 1, reason: "has the class \(String(fields[words + 1]).debugDescription), which is not known")
            }
            guard known.insert(fields[0]).inserted else {
                throw Fault(line: index + 1, reason: "has the id \(fields[0]) a second time")
            }
            for field in fields[1...words] {
                guard field == "0" || field == "1" else {
                    throw Fault(line: index + 1, reason: "has the word \(String(field).debugDescription); expected 0 or 1")
                }
                pixels.append(field == "1" ? 1 : 0)
            }
            ids.append(fields[0])
            labels.append(label)
        }
        return (ids, ImageSet(channels: words, height: 1, width: 1, pixels: pixels, labels: labels))
    }

    /// The edges between the nodes with these ids.
    static func edges(_ text: String, ids: [Substring]) throws -> [(Int, Int)] {
        let numbers = Dictionary(uniqueKeysWithValues: ids.enumerated().map { ($1, $0) })
        return try text.split(separator: "\n", omittingEmptySubsequences: false).enumerated().compactMap { index, line in
            let fields = line.split(whereSeparator: \.isWhitespace)
            if fields.isEmpty { return nil }
            guard fields.count == 2 else {
                throw Fault(line: index + 1, reason: "has \(fields.count) fields; expected two ids")
            }
            guard let one = numbers[fields[0]], let other = numbers[fields[1]] else {
                throw Fault(line: index + 1, reason: "cites a paper that has no line among the nodes")
            }
            return (one, other)
        }
    }
}
