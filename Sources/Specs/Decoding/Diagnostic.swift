/// One error in a spec: where, in which field, and what is wrong.
struct Diagnostic: Hashable, Sendable {
    /// Its place in the file.
    let position: Position
    /// The field, from the document's root.
    let field: FieldPath
    /// What is wrong.
    let problem: Problem

    /// What can be wrong with a field.
    enum Problem: Hashable, Sendable {
        /// The file is not JSON.
        case syntax(JSONProblem)
        /// No such field; the closest one, and all known ones.
        case unknownField(suggestion: String?, known: [String])
        /// A top-level field in a nested object.
        case misplacedField(String)
        /// The same field again.
        case repeatedField(first: Position, firstKey: String)
        /// A required field is missing.
        case missing(ValueKind)
        /// A value of another type.
        case wrongType(found: String, ValueKind)
        /// A value of the right type that is out of range.
        case outOfRange(found: String, ValueKind)
        /// A name that is not one of the choices.
        case unknownChoice(found: String, suggestion: String?, ValueKind)
        /// More samples than the data set's split has.
        case tooManySamples(found: Int, dataset: DatasetName, available: Int, isBesideValidation: Bool = false)
        /// A graph for a network that reads images, or the other way round.
        case otherKindOfData(DatasetName, Architecture)
        /// A grid of pixels in a space of one or two dimensions.
        case tooFewDimensions(d: Int)
        /// A list for the linear layers that has another number of values.
        case wrongNumberOfLayers(found: Int, layers: Int, structure: Structure)
        /// A list for the linear layers, for a setting that convolutions have too.
        case listForConvolutions
        /// A folder of own data that cannot be used.
        case ownData(OwnDataLookup.Fault)
        /// The field does not apply to the run of this `include` object.
        case doesNotApply(Applicability, to: Settings)
        /// No run of the file has this field.
        case unused(Applicability)
        /// A sweep over an empty list.
        case emptyList
        /// An `exclude` object without a field.
        case excludesEverything
        /// An `exclude` object that matches no run of the product.
        case excludesNothing
        /// Everything is excluded and nothing included.
        case noRunLeft
        /// More runs than a file may have; nil if their number overflows.
        case tooManyRuns(count: Int?, limit: Int)
        /// Something that cannot stand where it was found, and what can.
        case notOfForm(found: String, remedy: String)
        /// A search without images to select by.
        case needsValidation
        /// A search by the accuracy on the test split.
        case selectsByTest
        /// A search's space without a setting.
        case emptySpace
        /// More errors than are shown.
        case andMore(limit: Int)
    }
}

/// Every error in one spec, in the order of the file.
public struct SpecDiagnostics: Error, Hashable, Sendable, CustomStringConvertible {
    /// The file's name as the user gave it.
    public let file: String
    /// The errors, sorted by position.
    let diagnostics: [Diagnostic]

    /// Maximum number of errors that are shown.
    static let limit = 1000

    init(file: String, diagnostics: [Diagnostic]) {
        self.file = file
        // Stable: two errors at one place stay in the order in which they were found.
        let sorted = diagnostics.enumerated()
            .sorted { ($0.element.position, $0.offset) < ($1.element.position, $1.offset) }
            .map(\.element)
        let more = sorted.dropFirst(Self.limit).first.map {
            Diagnostic(position: $0.position, field: FieldPath(), problem: .andMore(limit: Self.limit))
        }
        self.diagnostics = sorted.prefix(Self.limit) + [more].compactMap(\.self)
    }

    /// One line for each error: `FILE:LINE:COLUMN: field: what is wrong; what would be right`.
    public var lines: [String] {
        let file = Echo.escaped(file, limit: .max)
        return diagnostics.map { diagnostic in
            "\(file):\(diagnostic.position.line):\(diagnostic.position.column): "
                + "\(diagnostic.fieldText): \(diagnostic.sentence)"
        }
    }

    /// Each error with its place, in the order of the file.
    public var faults: [(line: Int, column: Int, field: String, message: String)] {
        diagnostics.map { ($0.position.line, $0.position.column, $0.fieldText, $0.sentence) }
    }

    /// Whether nothing is wrong but that files of own data are missing.
    public var isMissingFile: Bool {
        diagnostics.allSatisfy { if case .ownData(let fault) = $0.problem { fault.isMissing } else { false } }
    }

    /// All lines.
    public var description: String { lines.joined(separator: "\n") }
}
