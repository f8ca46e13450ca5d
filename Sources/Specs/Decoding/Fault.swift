/// One fault of a spec: where, in which field, and what is wrong.
public struct Fault: Hashable, Sendable {
    /// Where it stands.
    public let position: Position
    /// The field, from the document's root.
    public let field: FieldPath
    /// What is wrong.
    public let problem: Problem

    /// What can be wrong with a field.
    public enum Problem: Hashable, Sendable {
        /// The file is no JSON.
        case syntax(JSONProblem)
        /// No such field; the closest one, and all that there are.
        case unknownField(suggestion: String?, known: [String])
        /// A field of the top level, further in.
        case misplacedField(String)
        /// The same field again.
        case repeatedField(first: Position, firstKey: String)
        /// A required field is not there.
        case missing(ValueKind)
        /// Something of another type.
        case wrongType(found: String, ValueKind)
        /// The right type, the wrong size.
        case outOfRange(found: String, ValueKind)
        /// A name that is none of the choices.
        case unknownChoice(found: String, suggestion: String?, ValueKind)
        /// More samples than the data set's split has.
        case tooManySamples(found: Int, dataset: DatasetName, available: Int)
        /// The field has no meaning for the run of this `include` object.
        case doesNotApply(Applicability, to: Settings)
        /// No run of the file has this field.
        case unused(Applicability)
        /// A sweep over nothing.
        case emptyList
        /// An `exclude` object without a field.
        case excludesEverything
        /// An `exclude` object that matches no run of the product.
        case excludesNothing
        /// Everything is excluded and nothing included.
        case noRunLeft
        /// More runs than a file may have; nil where even their number is beyond counting.
        case tooManyRuns(count: Int?, limit: Int)
        /// More faults than are shown.
        case andMore(limit: Int)
    }
}

/// Every fault of one spec, in the order of the file.
public struct SpecFaults: Error, Hashable, Sendable, CustomStringConvertible {
    /// The file's name as the user gave it.
    public let file: String
    /// The faults, sorted by position.
    public let faults: [Fault]

    /// Most faults that are shown.
    static let limit = 1000

    init(file: String, faults: [Fault]) {
        self.file = file
        // Stable: two faults of one place stay in the order in which they were found.
        let sorted = faults.enumerated()
            .sorted { ($0.element.position, $0.offset) < ($1.element.position, $1.offset) }
            .map(\.element)
        let more = sorted.dropFirst(Self.limit).first.map {
            Fault(position: $0.position, field: FieldPath(), problem: .andMore(limit: Self.limit))
        }
        self.faults = sorted.prefix(Self.limit) + [more].compactMap(\.self)
    }

    /// One line a fault: `FILE:LINE:COLUMN: field: what is wrong; what would be right`.
    public var lines: [String] {
        let file = Echo.escaped(file, limit: .max)
        return faults.map { fault in
            "\(file):\(fault.position.line):\(fault.position.column): \(fault.fieldText): \(fault.sentence)"
        }
    }

    /// All lines.
    public var description: String { lines.joined(separator: "\n") }
}
