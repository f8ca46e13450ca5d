/// A named set of runs: what one spec file describes.
public struct Experiment: Hashable, Sendable {
    /// Its name, fit for a file.
    public let name: String
    /// What it is for.
    public let description: String?
    /// Its runs, each once: the sweep's product (first key slowest), then the included ones.
    public let runs: [Settings]

    /// Most runs of one spec.
    public static let runLimit = 10_000

    /// Reads a spec, or refuses it with every fault it has.
    ///
    /// - Parameters:
    ///   - bytes: The file's contents.
    ///   - file: The file's name for the faults.
    public static func decode(
        _ bytes: some Sequence<UInt8>, file: String
    ) throws(SpecFaults) -> Experiment {
        let root: JSONValue
        do {
            root = try JSONReader.read(bytes)
        } catch {
            throw SpecFaults(file: file, faults: [Fault(error)])
        }
        let (outline, faults) = SpecScanner.scan(root)
        // Without an object there is nothing that the checks of its contents could add.
        guard case .object = root.content else { throw SpecFaults(file: file, faults: faults) }
        var expansion = Expansion(outline)
        let runs = expansion.runs()
        let all = faults + expansion.faults
        if !all.isEmpty { throw SpecFaults(file: file, faults: all) }
        return Experiment(name: outline.name, description: outline.description, runs: runs)
    }
}
