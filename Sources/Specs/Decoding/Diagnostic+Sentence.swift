extension Diagnostic {
    /// The field as messages show it; the document as a whole is "spec".
    var fieldText: String {
        field.steps.isEmpty ? "spec" : field.text
    }

    /// The problem in words: what is wrong; what would be right.
    var sentence: String {
        switch problem {
        case .syntax(let problem):
            problem.sentence
        case .unknownField(let suggestion?, _):
            "no such field; did you mean \(Echo.quoted(suggestion))?"
        case .unknownField(nil, let known):
            "no such field; the fields here are \(known.joined(separator: ", "))"
        case .misplacedField(let key):
            "\(Echo.quoted(key)) does not belong here; it is a top-level field"
        case .repeatedField(let first, let firstKey):
            "given twice, first as \(Echo.quoted(firstKey)) at line \(first.line), column \(first.column); keep one"
        case .missing(let kind):
            "missing; expected \(kind.phrase)"
        case .wrongType(let found, let kind):
            "found \(found); expected \(kind.phrase)"
        case .outOfRange(let found, .name):
            "\(found) cannot be a name; expected \(ValueKind.name.phrase)"
        case .outOfRange(let found, let kind):
            "\(found) is out of range; expected \(kind.phrase)" + Self.limits(kind)
        case .unknownChoice(let found, let suggestion?, _):
            "unknown value \(Echo.quoted(found)); did you mean \(Echo.quoted(suggestion))?"
        case .unknownChoice(let found, nil, let kind):
            "unknown value \(Echo.quoted(found)); expected \(kind.phrase)"
        case .tooManySamples(let found, let dataset, let available, let isBeside):
            "\(found.grouped) is more than \(dataset.displayName) has"
                + (isBeside ? " beside its validation samples" : "") + "; expected at most \(available.grouped)"
        case .otherKindOfData(let dataset, let architecture):
            architecture.readsGraph
                ? "\(architecture.name) reads a graph, and \(dataset.label) has images; expected "
                    + Echo.alternatives(DatasetName.all.filter { $0.nodes != nil }.map(\.name))
                : "\(dataset.name) is a graph, and \(architecture.name) reads images; set architecture to "
                    + Echo.alternatives(Architecture.all.filter(\.readsGraph).map(\.name))
        case .ownData(let fault):
            fault.message
        case .doesNotApply(let applicability, let settings):
            Self.refusal(applicability.refusal(for: settings)) + Self.reason(applicability)
        case .unused(let applicability):
            "no run of this file uses it; it applies where \(applicability.phrase)" + Self.reason(applicability)
        case .tooFewDimensions(let d):
            "a grid needs two dimensions for the places of the pixels and at least one for their channels; "
                + "d is \(d), set it to 3 or more"
        case .wrongNumberOfLayers(let found, let layers, let structure):
            "a list of \(found) for a linear part of \(layers) layers; expected \(layers) numbers, "
                + (structure == .chain
                    ? "one for each hidden width and one for the classes" : "two for each block and one for each other layer")
                + ", or a single number"
        case .listForConvolutions:
            "a list has a number for each layer of the linear part, and none for the convolutions, which use it too; "
                + "expected a single number, or set convolution to \"dense\""
        case .emptyList:
            "an empty list gives no run; expected at least one value"
        case .excludesEverything:
            "an object without fields would exclude every run; expected at least one field"
        case .excludesNothing:
            "matches no run of the product; correct its fields or remove it"
        case .noRunLeft:
            "excludes every run of the product; keep at least one, or include one"
        case .tooManyRuns(let count, let limit):
            "gives \(count.map(\.grouped) ?? "far too many") runs; a file may have at most \(limit.grouped)"
        case .notOfForm(let found, let remedy):
            "found \(found); \(remedy)"
        case .needsValidation:
            "missing; a search selects by images that it neither trains on nor tests with: expected a whole number ≥ 1, such as 5000"
        case .selectsByTest:
            "the test split is for the winner alone: a search that sees it reports too much; expected \"validation_accuracy\""
        case .emptySpace:
            "an empty space has one trial; expected at least one setting with its values"
        case .andMore(let limit):
            "the file has more than \(limit.grouped) errors; correct those above first"
        }
    }

    private static func reason(_ applicability: Applicability) -> String { applicability.reason.map { ": " + $0 } ?? "" }

    private static func refusal(_ refusal: (found: String, remedy: String)) -> String {
        "does not apply to this run, whose \(refusal.found); leave it out, or set \(refusal.remedy)"
    }

    /// The exact limits, if the kind's phrase leaves them out.
    private static func limits(_ kind: ValueKind) -> String {
        switch kind {
        case .realOrReals(let range, _): limits(.real(range))
        case .real where !kind.phrase.contains("from"): " (\(kind.rangePhrase))"
        case .whole where !kind.phrase.contains("from"): " (\(kind.rangePhrase))"
        case .whole, .real, .wholes, .choice, .choiceOrPath, .choices, .record, .text, .name, .object, .objects, .values: ""
        }
    }
}
