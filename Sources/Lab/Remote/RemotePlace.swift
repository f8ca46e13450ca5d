import Foundation
import GRDB

/// Where a run is trained by a cluster.
public struct RemotePlace: Sendable, Equatable, Codable {
    /// The engine's name.
    public let engine: String
    /// The engine's id of the job, with the task of its array, such as 1234_5; nil while no job is submitted.
    public let job: String?
    /// The node that trains it; nil while its job waits.
    public let node: String?
    /// Why it waits, in the engine's words; nil if it does not.
    public let reason: String?

    public init(engine: String, job: String?, node: String?, reason: String?) {
        (self.engine, self.job, self.node, self.reason) = (engine, job, node, reason)
    }

    private enum CodingKeys: String, CodingKey { case engine, job, node, reason }

    /// Keys without a value are null.
    public func encode(to encoder: any Encoder) throws {
        var object = encoder.container(keyedBy: CodingKeys.self)
        try object.encode(engine, forKey: .engine)
        try object.encode(job, forKey: .job)
        try object.encode(node, forKey: .node)
        try object.encode(reason, forKey: .reason)
    }

    /// Selects the place of the run `r` as JSON, for `init?(column:)`.
    static let selection = """
        CASE WHEN r.engine IS NULL AND m.run_id IS NULL THEN NULL ELSE json_array(coalesce(s.engine, r.engine),
            s.job || '_' || m.task, m.node, m.reason) END
        """
    static let joins = """
        LEFT JOIN remote_attempts m ON m.run_id = r.id AND m.number = r.attempt AND m.ended_at IS NULL
        LEFT JOIN submissions s ON s.token = m.token
        """

    init?(column: String?, state: RunState) {
        guard let column, let values = try? JSONDecoder().decode([String?].self, from: Data(column.utf8)), values.count == 4,
            let engine = values[0], !state.isEnded
        else { return nil }
        let unsubmitted = values[1] == nil && state == .queued ? "it waits for `pcnlab cluster sync`" : nil
        self.init(
            engine: engine, job: values[1], node: state == .running ? values[2] : nil,
            reason: state == .queued ? values[3] ?? unsubmitted : nil)
    }
}
