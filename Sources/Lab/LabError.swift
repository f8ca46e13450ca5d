import Foundation
import GRDB

/// An error of a lab, as data. `description` is the sentence with the remedy.
public enum LabError: Error, Equatable, CustomStringConvertible {
    case noLab(folder: String)
    case notALab(file: String)
    case newerLab(file: String, version: Int, known: Int)
    case cannotWrite(path: String, reason: String)
    /// A file of this name exists, and is not replaced.
    case taken(path: String)
    case busy(file: String)
    case damaged(file: String, reason: String)
    case noSuchRun(String)
    /// It was removed, at a time in milliseconds since 1970.
    case removedRun(String, at: Int64)
    case ambiguousRun(String, matches: [String])
    case noSuchExperiment(String, known: [String])
    /// The name is that of another search, or of runs that are none.
    case otherSearch(experiment: String, isSearch: Bool)
    /// A search is submitted again with fewer trials than are in the lab.
    case fewerTrials(experiment: String, there: Int, asked: Int)
    case refused(run: String, state: RunState, event: String)
    /// A later attempt has the run. The superseded one must stop and write nothing more.
    case superseded(run: String, attempt: Int)

    public var description: String {
        switch self {
        case .noLab(let folder):
            "no lab at \(folder); `pcnlab submit FILE` makes one, --lab DIR or PCNLAB_HOME names another"
        case .notALab(let file): "\(file) is no lab's database; name another folder with --lab DIR"
        case .newerLab(let file, let version, let known):
            "\(file) was written by a newer pcnlab (schema \(version), this program knows \(known)); use that program"
        case .cannotWrite(let path, let reason): "cannot write \(path): \(reason)"
        case .taken(let path): "\(path) is there already; name another file"
        case .busy(let file): "\(file) is busy: another process has held it for ten seconds; try again"
        case .damaged(let file, let reason): "\(file): \(reason); `pcnlab doctor` says what is wrong"
        case .noSuchRun(let name): "no run \(name); `pcnlab status` lists them"
        case .removedRun(let run, let time):
            "run \(run) was removed on \(Date(timeIntervalSince1970: Double(time) / 1000).formatted(.iso8601)); submit its spec again to "
                + "train it from the beginning"
        case .ambiguousRun(let name, let matches):
            "\(name) names \(matches.count) runs (\(matches.prefix(3).joined(separator: ", ")) …); give more of the id"
        case .noSuchExperiment(let name, let known):
            "no experiment \(name)"
                + (known.isEmpty ? "; nothing was submitted yet" : "; there are \(known.joined(separator: ", "))")
        case .otherSearch(let experiment, let isSearch):
            "the lab has " + (isSearch ? "another search" : "an experiment") + " under the name \(experiment)"
                + (isSearch ? ", with another space, other rungs or other settings" : ", which is no search")
                + "; give this one another name"
        case .fewerTrials(let experiment, let there, let asked):
            "search \(experiment) has \(there) trials in the lab, and the spec asks for \(asked); ask for \(there) or more, or give it "
                + "another name"
        case .refused(let run, let state, let event):
            "run \(run) is \(state.rawValue): cannot \(event) it" + Self.remedy(state, event)
        case .superseded(let run, let attempt): "run \(run): attempt \(attempt) was superseded by a later one"
        }
    }
}

extension LabError {
    /// The command that queues a run which refuses `resume` or `retry`.
    private static func remedy(_ state: RunState, _ event: String) -> String {
        switch (state, event) {
        case (.paused, "retry"): "; `pcnlab resume` queues it"
        case (.failed, "resume"), (.diverged, "resume"), (.cancelled, "resume"): "; `pcnlab retry` queues it"
        default: ""
        }
    }

    /// Converts an error of SQLite; nil for any other error.
    public init?(database error: any Error, file: String) {
        guard let error = error as? DatabaseError else { return nil }
        // SQLite's message is of its last call, which need not be the one that failed.
        let message = error.message.flatMap { $0 == "not an error" ? nil : $0 }
        let text = message ?? "SQLite's error \(error.resultCode)"
        switch error.resultCode {
        case .SQLITE_BUSY, .SQLITE_LOCKED: self = .busy(file: file)
        case .SQLITE_FULL, .SQLITE_IOERR, .SQLITE_READONLY, .SQLITE_CANTOPEN, .SQLITE_PERM:
            self = .cannotWrite(path: file, reason: text)
        default: self = .damaged(file: file, reason: text)
        }
    }
}
