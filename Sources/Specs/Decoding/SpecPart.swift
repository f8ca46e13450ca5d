/// The top-level fields of a spec that are not settings.
enum SpecPart: String, CaseIterable, Sendable {
    case schema = "$schema"
    case name
    case description
    case sweep
    case include
    case exclude

    /// What may be written for it.
    var kind: ValueKind {
        switch self {
        case .schema, .description: .text
        case .name: .name
        case .sweep: .object
        case .include, .exclude: .objects
        }
    }

    /// What it is, in one line.
    var summary: String {
        switch self {
        case .schema: "where this schema is, for editors"
        case .name: "what the experiment is called, also in reports' file names"
        case .description: "what it is for"
        case .sweep: "lists of values; their product over the base makes the runs"
        case .include: "single runs over the same base, beside the product"
        case .exclude: "runs of the product that match all of an object's fields are taken out"
        }
    }
}
