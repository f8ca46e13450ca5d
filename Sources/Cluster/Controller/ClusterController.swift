import Foundation
import Lab
import Specs

/// Has a lab's runs trained by a cluster: submits jobs, follows them by their bundles, and writes what they did into the lab.
///
/// A pass is complete in itself and can be repeated, by any process: what it needs to know is in the lab, the bundles and the engine. One
/// pass runs at a time, which a lock in the lab's folder guarantees.
public final class ClusterController {
    let lab: Lab
    let settings: ClusterSettings
    let storage: SharedFolder
    let makeEngine: (String) -> (any Engine)?
    let node: NodeDefaults
    let estimate: (Settings) -> Double
    let observer: ClusterObserver

    /// What jobs do where the settings leave it open.
    public struct NodeDefaults: Sendable {
        let program: String
        let datasets: String

        /// - Parameters:
        ///   - program: the path of pcnlab.
        ///   - datasets: the folder of the data sets.
        public init(program: String, datasets: String) { (self.program, self.datasets) = (program, datasets) }
    }

    /// - Parameters:
    ///   - makeEngine: an engine by its name; nil if there is none.
    ///   - estimate: seconds of an epoch of a run that has not been trained yet.
    public init(
        _ lab: Lab, _ settings: ClusterSettings, node: NodeDefaults, makeEngine: ((String) -> (any Engine)?)? = nil,
        estimate: @escaping (Settings) -> Double, observer: @escaping ClusterObserver
    ) {
        let folder = Self.folder(lab, settings)
        (self.lab, self.settings, self.node, self.estimate, self.observer) = (lab, settings, node, estimate, observer)
        storage = SharedFolder(folder)
        self.makeEngine = makeEngine ?? { Self.engine($0, folder: folder) }
    }

    /// Where the bundles are: in the lab, or where the settings say. A relative path is one in the lab's folder.
    public static func folder(_ lab: Lab, _ settings: ClusterSettings) -> URL {
        let path = settings.folder ?? "cluster"
        let place = path.hasPrefix("/") ? URL(fileURLWithPath: path, isDirectory: true) : lab.folder.appending(path: path)
        return place.standardizedFileURL.absoluteURL
    }

    /// An engine of this program.
    public static func engine(_ name: String, folder: URL) -> (any Engine)? {
        switch name {
        case "slurm": Slurm()
        case "local": Local(folder: folder.appending(path: "jobs"))
        case "manual": Manual()
        default: nil
        }
    }

    /// One pass: asks every engine once, writes what its jobs did into the lab, ends what is over, and submits what waits.
    /// - Parameter isImpatient: whether runs whose jobs could not start are submitted again at once.
    @discardableResult
    public func sync(isImpatient: Bool = false) throws -> ClusterSummary {
        let lock = try ControllerLock(lab)
        defer { lock.release() }
        try claimFolder()
        var summary = ClusterSummary()
        let attempts = try lab.remoteAttempts()
        let names = Set(attempts.map(\.engine)).union(try lab.enginesOfRuns())
        for name in names.sorted() {
            guard let engine = makeEngine(name) else {
                observer(.trouble("this program has no engine \(name)"))
                continue
            }
            try sync(engine, attempts.filter { $0.engine == name }, isImpatient, &summary)
        }
        try removeRests()
        let counts = try lab.remoteCounts()
        (summary.waiting, summary.running, summary.jobs) = (counts.waiting, counts.running, counts.jobs)
        lab.settle()
        return summary
    }

    private func sync(_ engine: any Engine, _ attempts: [RemoteAttempt], _ isImpatient: Bool, _ summary: inout ClusterSummary)
        throws
    {
        var jobs: JobList = attempts.isEmpty ? .records([]) : .unknown
        if !attempts.isEmpty {
            do throws(EngineError) {
                jobs = try engine.list().map(JobList.records) ?? .notFollowed
            } catch {
                summary.trouble = "\(error)"
                observer(.trouble("\(error)"))
            }
        }
        var pass = EnginePass(self, engine, jobs)
        try lab.makingDurableTogether { try pass.follow(attempts) }
        pass.removeBundles()
        // An engine that does not answer is not asked to start jobs.
        if summary.trouble == nil { try pass.submit(isImpatient: isImpatient) }
        summary.trouble = summary.trouble ?? pass.trouble
        summary.hasNews = summary.hasNews || pass.hasNews
    }

    /// The name of the file in a shared folder that says which lab's it is.
    private static let owner = "lab"

    /// Refuses a shared folder that is another lab's: each would remove the other's bundles.
    private func claimFolder() throws {
        let own = lab.folder.standardizedFileURL.resolvingSymlinksInPath().path
        // The default is within the lab.
        guard settings.folder?.hasPrefix("/") == true else { return }
        let before = try storage.get(Self.owner).map { String(decoding: $0, as: UTF8.self) }
        let named = before?.trimmingCharacters(in: .whitespacesAndNewlines)
        if named == own { return }
        // A lab that was moved is not where the file says.
        if let named, FileManager.default.fileExists(atPath: named + "/pcnlab.sqlite") {
            throw SharedFolder.Failure(
                path: storage.url.path,
                reason: "it is the folder of the lab \(named); give each lab one of its own in cluster.json")
        }
        try storage.put(Data((own + "\n").utf8), as: Self.owner)
    }

    /// Removes scripts and outputs of submissions whose attempts have all ended, and bundles that a pass that was killed has left. What has
    /// another name is not pcnlab's.
    private func removeRests() throws {
        let attempts = try lab.remoteAttempts()
        let tokens = Set(attempts.map(\.token)), bundles = Set(attempts.map { RunBundle.name(run: $0.run, attempt: $0.number) })
        for token in try storage.list("jobs") where EnginePass.isToken(token) && !tokens.contains(token) {
            try? storage.remove("jobs/\(token)")
        }
        for name in try storage.list("runs") where RunBundle.isName(name) && !bundles.contains("runs/\(name)") {
            try? storage.remove("runs/\(name)")
        }
    }

    /// The settings of a run's jobs: the lab's, and what was given for the run.
    func settings(with changes: [String]) -> ClusterSettings {
        var merged = settings
        // They were checked when they were given. What a newer program knows is left out.
        for change in changes { try? merged.apply([change]) }
        return merged
    }
}

/// What an engine knows of its jobs.
enum JobList {
    case records([JobRecord])
    /// It does not answer.
    case unknown
    /// It does not follow jobs.
    case notFollowed
}

/// Only one controller of a lab passes at a time.
private struct ControllerLock {
    private let descriptor: Int32

    /// Waits up to half a minute for another controller. Throws `LabError.busy`.
    init(_ lab: Lab) throws {
        let file = lab.folder.appending(path: "cluster.lock")
        descriptor = open(file.path, O_RDWR | O_CREAT | O_CLOEXEC, 0o666)
        guard descriptor >= 0 else {
            throw LabError.cannotWrite(path: file.relativePath, reason: String(cString: strerror(errno)))
        }
        for _ in 0..<300 {
            if flock(descriptor, LOCK_EX | LOCK_NB) == 0 { return }
            Thread.sleep(forTimeInterval: 0.1)
        }
        close(descriptor)
        throw LabError.busy(file: file.relativePath)
    }

    func release() { close(descriptor) }
}
