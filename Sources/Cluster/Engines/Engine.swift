import Foundation
import Specs

/// A batch system, behind four verbs. pcnlab schedules nothing itself: an engine decides when a job starts and where.
public protocol Engine: Sendable {
    /// As `cluster.json` names it.
    var name: String { get }
    /// Submits an array of jobs. Returns the engine's id of it. Throws `unreachable` where it is not known whether it was submitted.
    func submit(_ jobs: JobArray) throws(EngineError) -> String
    /// The jobs of the lab that the engine knows, in one query; nil if it does not follow jobs. Jobs that ended long ago may be missing.
    func list() throws(EngineError) -> [JobRecord]?
    /// Ends jobs, those that wait and those that run: these get a signal first.
    func stop(_ jobs: [JobID]) throws(EngineError)
    /// What the engine has. It is asked for only where that is needed.
    func capabilities() throws(EngineError) -> EngineCapabilities
}

/// An array of jobs: one submission.
public struct JobArray: Sendable {
    /// Given to the engine, and found with every job in its list.
    public let token: String
    /// The number of jobs: tasks 0, 1, …
    public let tasks: Int
    /// The shell script that every job runs.
    public let script: URL
    /// Where the jobs' output goes: output-TASK.
    public let folder: URL
    public let settings: ClusterSettings
    /// Seconds from now before which none may start.
    public let delay: Int
    /// Nodes that must not be used, beside those of the settings.
    public let excludedNodes: [String]

    public init(
        token: String, tasks: Int, script: URL, folder: URL, settings: ClusterSettings, delay: Int, excludedNodes: [String]
    ) {
        (self.token, self.tasks, self.script, self.folder) = (token, tasks, script, folder)
        (self.settings, self.delay, self.excludedNodes) = (settings, delay, excludedNodes)
    }
}

/// A job of an array.
public struct JobID: Hashable, Sendable, CustomStringConvertible {
    /// The engine's id of the array.
    public let job: String
    public let task: Int
    public var description: String { "\(job)_\(task)" }

    public init(job: String, task: Int) { (self.job, self.task) = (job, task) }
}

/// What an engine says of a job.
public struct JobRecord: Sendable, Equatable {
    public enum State: Sendable, Equatable {
        /// Why, in the engine's words.
        case waiting(reason: String)
        case running
        case ended(JobEnd)
    }

    public let id: JobID
    public let token: String
    public let state: State
    /// Nil while it waits.
    public let node: String?

    var isEnded: Bool { if case .ended = state { true } else { false } }

    public init(id: JobID, token: String, state: State, node: String?) {
        (self.id, self.token, self.state, self.node) = (id, token, state, node)
    }
}

/// How a job ended, as its engine says. How the run ended, only the bundle says.
public enum JobEnd: Sendable, Equatable {
    case timeLimit, preempted, nodeFailed, cancelled, outOfMemory
    /// Any other end, in the engine's words.
    case other(String)

    /// In words, for a run's history.
    public var text: String {
        switch self {
        case .timeLimit: "time limit"
        case .preempted: "preempted"
        case .nodeFailed: "the node failed"
        case .cancelled: "its job was cancelled outside pcnlab"
        case .outOfMemory: "out of memory"
        case .other(let text): "its job ended: \(text)"
        }
    }

    /// Whether the end says nothing about the run or the program.
    var isOfTheCluster: Bool {
        switch self {
        case .preempted, .nodeFailed, .cancelled: true
        case .timeLimit, .outOfMemory, .other: false
        }
    }
}

public struct EngineCapabilities: Sendable, Equatable {
    /// Most jobs of one array.
    public let arraySize: Int
    /// The features of each node.
    public let features: [String: [String]]

    public init(arraySize: Int, features: [String: [String]]) { (self.arraySize, self.features) = (arraySize, features) }
}

public enum EngineError: Error, Equatable, CustomStringConvertible {
    /// It does not answer. What was asked may have happened.
    case unreachable(String)
    /// It refuses. Nothing has happened.
    case refused(String)
    /// Its programs are not installed here.
    case missing(String)

    public var description: String {
        switch self {
        case .unreachable(let text), .refused(let text), .missing(let text): text
        }
    }
}
