import Lab
import Specs
import Synchronization

/// Names the runs in the log of `work`: by id, model, data set and seed, and by the settings in which the runs of the queue differ.
final class RunNames: Sendable {
    private struct State {
        var known: Set<String> = []
        var varying = VaryingSettings()

        mutating func insert(_ run: String, _ settings: Settings) {
            guard known.insert(run).inserted else { return }
            varying.insert(settings)
        }
    }

    private let state = Mutex(State())
    private let lab: Lab

    init(_ lab: Lab) {
        self.lab = lab
        state.withLock { read(&$0) }
    }

    /// What all of the runs in the queue share; nil if that is only the paper's settings.
    var shared: String? { state.withLock { $0.varying.sentence(of: $0.known.count) } }

    func name(_ claim: Claim) -> String {
        let labels = state.withLock { state in
            // The queue is read again only for a run that was submitted later.
            if !state.known.contains(claim.run) { read(&state) }
            state.insert(claim.run, claim.settings)
            return state.varying.labels(claim.settings).compactMap(\.self)
        }
        let settings = claim.settings
        return ([String(claim.run.prefix(8)), settings.model, settings.dataset.label, "seed \(settings.seed)"] + labels)
            .joined(separator: " ")
    }

    /// A queue that cannot be read names runs by what was read before.
    private func read(_ state: inout State) {
        for queue in [RunState.running, .queued] {
            guard let runs = try? lab.listing(RunFilter(state: queue)).runs else { continue }
            for run in runs { state.insert(run.id, run.settings) }
        }
    }
}
