import Cluster
import Foundation
import Lab
import Specs

/// Examines how a lab has its runs trained by a cluster, for `doctor`. Of a lab without a `cluster.json` that has given no run to an engine
/// nothing is found.
package struct ClusterExamination {
    private let folder: URL
    private let asksEngines: Bool
    private let network: (URL) -> String?

    /// - Parameters:
    ///   - asksEngines: whether the engines are asked for their jobs, which may take a minute.
    ///   - network: the network file system of a folder; nil on a local disk.
    package init(folder: URL, asksEngines: Bool = true, network: @escaping (URL) -> String? = FileSystem.network) {
        (self.folder, self.asksEngines, self.network) = (folder, asksEngines, network)
    }

    private static let subject = "cluster"

    package func findings() -> [Finding] {
        let hasSettings = FileManager.default.fileExists(atPath: folder.appending(path: ClusterSettings.fileName).path)
        // What is wrong with the lab itself is for `LabExamination`.
        let lab = try? Lab(folder), engines = (try? lab?.enginesOfRuns()) ?? []
        defer { try? lab?.close() }
        guard hasSettings || !engines.isEmpty else { return [] }
        do {
            let settings = try ClusterSettings.ofLab(folder)
            guard let lab else { return [] }
            let names =
                [hasSettings ? settings.engine : nil].compactMap(\.self)
                + engines.filter { !hasSettings || $0 != settings.engine }
            let place = ClusterController.folder(lab, settings)
            return storage(place, lab, names) + names.flatMap { engine($0, lab, place) + nodes(of: $0, lab) }
        } catch let faults as SpecDiagnostics {
            // The file is a part of the lab.
            return faults.lines.map { .wrong("lab", $0, remedy: "correct the line; `pcnlab cluster --help` lists the settings") }
        } catch {
            return [.wrong("lab", Failure(error).message, remedy: "make it a file that you may read")]
        }
    }

    /// Whether jobs can write where this lab reads.
    private func storage(_ place: URL, _ lab: Lab, _ engines: [String]) -> [Finding] {
        if let refusal = FileSystem.refusal(at: place) {
            return [
                .wrong(
                    Self.subject, "nothing can be written to \(place.path): \(refusal)",
                    remedy: "make it writable, or set folder in \(ClusterSettings.fileName) to another one")
            ]
        }
        if let network = network(place) {
            let isLabToo = self.network(lab.folder) != nil
            let advice = isLabToo ? "; only this folder has to be shared, the lab's own is better on a local disk" : ""
            return [.fine(Self.subject, "runs go to nodes and back through \(place.path), on \(network)\(advice)")]
        }
        // Jobs whose lines have come back share the folder, whatever it is on.
        let seen = engines.flatMap { (try? lab.nodes($0)) ?? [] }.filter { !$0.arithmetic.isEmpty }.map(\.name)
        guard engines.contains("slurm"), seen.isEmpty else {
            return [.fine(Self.subject, "runs go to nodes and back through \(place.path)")]
        }
        return [
            .wrong(
                Self.subject, "runs go to nodes and back through \(place.path), which is on a disk of this machine",
                remedy:
                    "if other machines are the nodes: set folder in \(ClusterSettings.fileName) to a folder that all of them share"
            )
        ]
    }

    /// Whether an engine answers.
    private func engine(_ name: String, _ lab: Lab, _ place: URL) -> [Finding] {
        guard let engine = ClusterController.engine(name, folder: place) else {
            let remedy = "`pcnlab cluster cancel` gives its runs back to workers of this machine"
            return [.wrong(Self.subject, "this program has no engine \(name)", remedy: remedy)]
        }
        guard asksEngines else { return [] }
        do throws(EngineError) {
            guard let jobs = try engine.list() else {
                return [.fine(Self.subject, "\(name): a person or another batch system runs `pcnlab train`")]
            }
            let running = jobs.count { $0.state == .running }
            let waiting = jobs.count { if case .waiting = $0.state { true } else { false } }
            let states = [(running, "running"), (waiting, "waiting")].filter { $0.0 > 0 }.map { "\($0.0.grouped) \($0.1)" }
            return [
                .fine(
                    Self.subject, "\(name) answers; jobs of this lab: \(states.isEmpty ? "none" : states.joined(separator: ", "))"
                )
            ]
        } catch {
            return [unusable(name, error)]
        }
    }

    private func unusable(_ name: String, _ error: EngineError) -> Finding {
        switch error {
        case .missing:
            return .wrong(
                Self.subject, "the programs of \(name) are not on this machine",
                remedy: "run pcnlab on a login node of the cluster, or set engine in \(ClusterSettings.fileName) to local")
        case .unreachable(let text):
            return .wrong(
                Self.subject, "\(name) does not answer: \(text)",
                remedy:
                    "its jobs go on; if it stays away, ask who runs the cluster. `pcnlab cluster sync` then takes in what they did"
            )
        case .refused(let text):
            return .wrong(Self.subject, "\(name) refuses to list jobs: \(text)", remedy: "ask who runs the cluster")
        }
    }

    /// Nodes to which no job is sent, and why.
    private func nodes(of engine: String, _ lab: Lab) -> [Finding] {
        let nodes = (try? lab.nodes(engine)) ?? [], now = lab.clock.now()
        var findings = nodes.compactMap { node -> Finding? in
            guard let since = node.excludedAt, node.isExcluded(at: now) else { return nil }
            return .wrong(
                Self.subject,
                "no job is sent to \(node.name) for a day from \(Format.time(since)): jobs died there soon after their start",
                remedy:
                    "look into their runs with `pcnlab log RUN`; set exclude in \(ClusterSettings.fileName) to avoid nodes for good"
            )
        }
        // Rounding differs between them: that decides a run's bits.
        let kinds = Dictionary(grouping: nodes.filter { !$0.arithmetic.isEmpty }, by: \.arithmetic)
        if kinds.count > 1 {
            let texts = kinds.sorted { $0.key < $1.key }.map { "\($0.value.map(\.name).joined(separator: ", ")) with \($0.key)" }
            findings.append(
                .fine(
                    Self.subject,
                    "nodes of \(engine) compute differently, and a run stays on those alike: \(texts.joined(separator: "; "))"))
        }
        return findings
    }
}
