/// A named set of runs, described by one spec file.
public struct Experiment: Hashable, Sendable {
    /// Its name, which is a valid file name.
    public let name: String
    /// What it is for.
    public let description: String?
    /// Its runs, each once: the sweep's product (first key slowest), then the included ones; or a search's trials in their order.
    public let runs: [Settings]
    /// The search that its runs are the trials of.
    public let search: Search?

    /// The experiment with the runs of another one of its name, whose description replaces this one's. Neither is a search. A run of both
    /// is there twice.
    public func adding(_ other: Experiment) -> Experiment {
        Experiment(name: name, description: other.description ?? description, runs: runs + other.runs, search: nil)
    }

    /// Maximum number of runs of one spec.
    public static let runLimit = 10_000

    /// Reads a spec.
    ///
    /// Throws `SpecDiagnostics` with every error in it: either all of a spec is valid, or none of it is used.
    ///
    /// - Parameters:
    ///   - bytes: The file's contents.
    ///   - file: The file's name for the diagnostics.
    ///   - ownData: Finds the folders of own data that the spec names.
    public static func decode(
        _ bytes: some Sequence<UInt8>, file: String, ownData: OwnDataLookup? = nil
    ) throws(SpecDiagnostics) -> Experiment {
        let root: JSONValue
        do {
            root = try JSONReader.read(bytes)
        } catch {
            throw SpecDiagnostics(file: file, diagnostics: [Diagnostic(error)])
        }
        let (outline, diagnostics) = SpecScanner.scan(root, ownData: ownData ?? .none)
        // The contents are checked only if there are any.
        guard case .object = root.content else { throw SpecDiagnostics(file: file, diagnostics: diagnostics) }
        var expansion = Expansion(outline)
        let runs = expansion.runs()
        let all = diagnostics + expansion.diagnostics
        if !all.isEmpty { throw SpecDiagnostics(file: file, diagnostics: all) }
        return Experiment(name: outline.name, description: outline.description, runs: runs, search: outline.search?.search)
    }
}
