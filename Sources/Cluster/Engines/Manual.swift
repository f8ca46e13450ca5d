import Specs

/// No engine: bundles are made, and a person, GNU parallel or another batch system runs `pcnlab train` on them. The lab only reads what
/// comes of it.
public struct Manual: Engine {
    public let name = "manual"

    public init() {}

    public func submit(_ jobs: JobArray) throws(EngineError) -> String { jobs.token }
    public func list() throws(EngineError) -> [JobRecord]? { nil }
    public func stop(_ jobs: [JobID]) throws(EngineError) {}
    public func capabilities() throws(EngineError) -> EngineCapabilities { EngineCapabilities(arraySize: 100_000, features: [:]) }
}
