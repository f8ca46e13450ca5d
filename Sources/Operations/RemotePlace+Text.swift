import Lab

/// A place in words, alike in every listing.
extension RemotePlace {
    /// slurm job 12_3 on n1; slurm job 12_3: Resources; slurm: waits for `pcnlab cluster sync`
    package var text: String { words(job.map { "job \($0)" }, node.map { "on \($0)" }) }

    /// The same for a column of a table: slurm 12_3 n1; slurm 12_3: Resources.
    package var brief: String { words(job, node) }

    private func words(_ job: String?, _ node: String?) -> String {
        let place = [engine, job, node].compactMap(\.self).joined(separator: " ")
        guard node == nil, let reason else { return place }
        return "\(place): \(reason.hasPrefix("it ") ? String(reason.dropFirst(3)) : reason)"
    }
}
