import Foundation

/// Runs that jobs train, without a cluster: the engine `manual` makes their bundles, and a test starts the job.
extension Program {
    /// Submits a spec of runs that are the engine's. Returns the runs: all but the last have a job.
    public func submitByHand(_ spec: String, _ name: String = "by-hand.json") throws -> [String] {
        let file = try self.spec(spec, name)
        let ids = try run("submit", file).lines.map { String($0.prefix(16)) }
        // Short runs share a job, and so would be one.
        let few = ["--set", "pack_minutes=0", "--set", "max_submitted=\(ids.count - 1)"]
        let given = try start(["cluster", "submit", "--engine", "manual"] + few + ids).finish()
        guard given.status == 0, given.lines.count == ids.count else { throw NoJob(text: given.error) }
        return ids
    }

    /// The folder of a run's first attempt.
    public func bundle(_ run: String) -> String { lab.appending(path: "cluster/runs/\(run)-1").path }

    /// Starts the job of a run, on a node that is called n1. Returns when the lab knows that the run is in training.
    public func startByHand(_ run: String) throws -> Running {
        let job = try start(["train", "--threads", "1", bundle(run)], environment: ["PCNLAB_NODE": "n1"])
        do {
            try until {
                try sync()
                return try status()[run]?["state"] as? String == "running"
            }
        } catch {
            job.process.terminate()
            throw error
        }
        return job
    }

    /// Takes in what jobs did, without new ones.
    public func sync() throws { try run("cluster", "sync", "--set", "max_submitted=1") }

    struct NoJob: Error { let text: String }
}
