import Specs

/// A citation graph in the text layout of Cora: `NAME.content` has a line for each paper, its id, a 0 or 1 for each word, and its class;
/// `NAME.cites` has a line for each citation, the cited paper's id and the citing one's.
public enum CitationText {
    /// What is wrong with a file.
    public enum Fault: Error, Equatable, Sendable {
        /// Something in a line, which counts from 1.
        case line(Int, String)
        /// Another number of lines than the official file has.
        case count(expected: Int, found: Int, noun: String)
        /// More bytes than such a file can have.
        case tooLong
        /// Too few papers of a class for the split.
        case fewOfClass(String, expected: Int, found: Int)
    }

    /// The ids of the papers, and each paper as a node, in the order of the lines.
    struct Parts {
        var ids: [Substring] = []
        var nodes = ImageSet(channels: 1, height: 1, width: 1, pixels: [], labels: [])
    }

    /// - Parameters:
    ///   - count: how many papers there are.
    ///   - words: how many each paper has.
    ///   - classes: the names; a label is an index into these.
    ///   - least: papers that each class needs.
    static func nodes(_ text: String, count: Int, words: Int, classes: [String], least: Int) throws -> Parts {
        let numbers = Dictionary(uniqueKeysWithValues: classes.enumerated().map { (Substring($1), UInt8($0)) })
        var parts = Parts(), pixels: [UInt8] = [], labels: [UInt8] = [], known: Set<Substring> = []
        try forEachLine(text) { line, fields in
            guard fields.count == words + 2 else {
                throw Fault.line(line, "has \(fields.count) fields; expected an id, \(words.grouped) words and a class")
            }
            guard let label = numbers[fields[words + 1]] else {
                throw Fault.line(line, "has an unknown class, \(quoted(fields[words + 1]))")
            }
            guard known.insert(fields[0]).inserted else { throw Fault.line(line, "has the id of an earlier line") }
            for field in fields[1...words] {
                guard field == "0" || field == "1" else {
                    throw Fault.line(line, "has the word \(quoted(field)); expected 0 or 1")
                }
                pixels.append(field == "1" ? 1 : 0)
            }
            parts.ids.append(fields[0])
            labels.append(label)
        }
        guard labels.count == count else { throw Fault.count(expected: count, found: labels.count, noun: "papers") }
        for (label, name) in classes.enumerated() {
            let found = labels.count { $0 == label }
            guard found >= least else { throw Fault.fewOfClass(name, expected: least, found: found) }
        }
        parts.nodes = ImageSet(channels: words, height: 1, width: 1, pixels: pixels, labels: labels)
        return parts
    }

    /// The edges between the nodes with these ids.
    /// - Parameter count: how many there are.
    static func edges(_ text: String, ids: [Substring], count: Int) throws -> [(Int, Int)] {
        let numbers = Dictionary(uniqueKeysWithValues: ids.enumerated().map { ($1, $0) })
        var edges: [(Int, Int)] = []
        try forEachCitation(text, count: count) { line, cited, citing in
            guard let one = numbers[cited], let other = numbers[citing] else {
                throw Fault.line(line, "cites a paper that has no line among the nodes")
            }
            edges.append((one, other))
        }
        return edges
    }

    /// Checks what needs no ids of nodes.
    static func checkEdges(_ text: String, count: Int) throws { try forEachCitation(text, count: count) { _, _, _ in } }

    private static func forEachCitation(
        _ text: String, count: Int, _ body: (_ line: Int, _ cited: Substring, _ citing: Substring) throws -> Void
    ) throws {
        var found = 0
        try forEachLine(text) { line, fields in
            guard fields.count == 2 else { throw Fault.line(line, "has \(fields.count) fields; expected two ids") }
            try body(line, fields[0], fields[1])
            found += 1
        }
        guard found == count else { throw Fault.count(expected: count, found: found, noun: "citations") }
    }

    /// A field in a message: at most its first 40 characters.
    private static func quoted(_ field: Substring) -> String { "\"\(String(field.prefix(40)).printable)\"" }

    /// Calls `body` with the number, from 1, and the fields of each line that has any.
    private static func forEachLine(_ text: String, _ body: (Int, [Substring]) throws -> Void) throws {
        for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            let fields = line.split(whereSeparator: \.isWhitespace)
            if !fields.isEmpty { try body(index + 1, fields) }
        }
    }
}

extension CitationText.Fault: CustomStringConvertible {
    /// To be placed after the file's name.
    public var description: String {
        switch self {
        case .line(let line, let reason): "line \(line) \(reason)"
        case .count(let expected, let found, let noun): "has \(found.grouped) \(noun); expected \(expected.grouped)"
        case .tooLong: "is longer than such a file can be"
        case .fewOfClass(let name, let expected, let found): "has \(found) papers of class \(name); expected at least \(expected)"
        }
    }
}
