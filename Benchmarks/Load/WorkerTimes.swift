import Foundation
import Lab

/// Times of the requests that a worker with two runs makes.
final class WorkerTimes {
    static let rounds = 300
    private static let epochsOfRound = 5

    private let lab: Lab
    private var held: [Claim] = []
    private var claims: [Double] = []
    private var epochs: [Double] = []
    private var heartbeats: [Double] = []

    struct NothingQueued: Error {}

    static func checks(_ tiny: LoadedLab, _ large: LoadedLab) throws -> [LoadCheck] {
        Terminal.note("load: a worker's requests")
        let tiny = try WorkerTimes(tiny.folder), large = try WorkerTimes(large.folder)
        for _ in 0..<rounds {
            try tiny.round()
            try large.round()
        }
        try tiny.giveUp(keeping: 0)
        try large.giveUp(keeping: 0)
        return [
            LoadCheck(title: "a claim", limit: 2e-3, ratioLimit: 1.5, tiny: tiny.claims, large: large.claims),
            LoadCheck(title: "an epoch's row", limit: 1e-3, ratioLimit: 1.5, tiny: tiny.epochs, large: large.epochs),
            LoadCheck(title: "a heartbeat of two runs", ratioLimit: 1.5, tiny: tiny.heartbeats, large: large.heartbeats),
        ]
    }

    private init(_ folder: URL) throws { lab = try Lab(folder) }

    /// Claims a run, records some epochs, and gives up the oldest run but two.
    private func round() throws {
        var taken: Claim?
        claims.append(try seconds { taken = try lab.claim(worker: .current, arithmetic: "fused", threads: 1) })
        guard let claim = taken, let done = try lab.runs(RunFilter(ids: [claim.run])).first?.epoch else { throw NothingQueued() }
        held.append(claim)
        for epoch in done + 1...done + Self.epochsOfRound {
            let row = EpochRow(epoch: epoch, loss: 1.5, trainAccuracy: 0.5, testAccuracy: 0.4, seconds: 1)
            epochs.append(try seconds { try lab.record(row, run: claim.run, attempt: claim.attempt) })
        }
        try giveUp(keeping: 2)
        let leases = held.map { (run: $0.run, attempt: $0.attempt) }
        heartbeats.append(
            try seconds {
                _ = try lab.requests(leases)
                try LabMaintenance(lab).run(holding: leases)
            })
    }

    private func giveUp(keeping count: Int) throws {
        while held.count > count {
            let claim = held.removeFirst()
            try lab.finish(.stopped(.cancel), run: claim.run, attempt: claim.attempt)
        }
    }
}
