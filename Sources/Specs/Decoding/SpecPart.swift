/// The top-level fields of a spec that are not settings.
enum SpecPart: String, CaseIterable, Sendable {
    case schema = "$schema"
    case name
    case description
    case sweep
    case include
    case exclude
    case search

    /// What may be written for it.
    var kind: ValueKind {
        switch self {
        case .schema, .description: .text
        case .name: .name
        case .sweep, .search: .object
        case .include, .exclude: .objects
        }
    }

    /// What it is, in one line.
    var summary: String {
        switch self {
        case .schema: "the location of this schema, for editors"
        case .name: "the experiment's name, also in file names of reports"
        case .description: "what it is for"
        case .sweep: "lists of values; the runs are the base with each combination of them"
        case .include: "single runs over the same base, in addition to the product"
        case .exclude: "runs of the product that match all fields of one of these objects are excluded"
        case .search: "in place of a sweep: trials drawn at random from a space, the worst of which stop at each rung"
        }
    }
}
