import Foundation
import Lab
import Synchronization

/// The name of this machine as a node, where no engine gives it one.
public enum NodeName {
    /// Without a look into the network, which may take seconds.
    public static let ofHost: String = {
        var name = [CChar](repeating: 0, count: 256)
        guard gethostname(&name, name.count - 1) == 0 else { return "localhost" }
        let text = String(decoding: name.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
        return text.isEmpty ? "localhost" : text
    }()
}

/// What a process on a node does with a bundle, but for the training itself: its own folder, the journal, the heartbeat, the request.
///
/// The bundle is a folder of the node's file system.
public final class BundleWork: Sendable {
    public let bundle: RunBundle
    /// The folder of this start.
    public let folder: URL
    private let storage: SharedFolder
    private let start: String
    private let journal: Int32
    private let node: String
    private let arithmetic: String
    private let isOver = Atomic<Bool>(false)
    private let isAsked = Atomic<Bool>(false)

    /// Seconds between heartbeats, and between looks at the request.
    private static let interval = 1.0
    /// Seconds for which another start is watched before it counts as dead.
    private static let watch = 8.0

    /// Why a bundle is not begun.
    public enum Refusal: Error {
        /// Another process trains it.
        case busy
        /// It is completed.
        case completed
    }

    /// Makes a folder for this start. Throws `Refusal`, `RunBundle.Failure` or `SharedFolder.Failure`.
    /// - Parameter job: what tells this process from others that may run the same bundle.
    public init(_ folder: URL, job: String, node: String, arithmetic: String) throws {
        let storage = SharedFolder(folder)
        self.storage = storage
        bundle = try RunBundle.read(storage, "", path: folder.relativePath)
        (self.node, self.arithmetic) = (node, arithmetic)
        let others = try storage.list(RunBundle.starts)
        let ends = try others.map { try storage.get("\(RunBundle.starts)/\($0)/\(RunBundle.outcome)") }
            .map { $0.flatMap { try? JSONDecoder().decode(BundleOutcome.self, from: $0) } }
        if ends.contains(where: { $0?.kind == .completed }) { throw Refusal.completed }
        var name = "", number = 1
        repeat {
            name = "\(RunBundle.starts)/\(bundle.attempt)-\(job)" + (number == 1 ? "" : ".\(number)")
            number += 1
        } while try !storage.create(name)
        start = name
        self.folder = storage.url(of: name)
        journal = open(self.folder.appending(path: RunBundle.journal).path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o666)
        guard journal >= 0 else {
            throw SharedFolder.Failure(path: self.folder.path, reason: String(cString: strerror(errno)))
        }
        let open = zip(others, ends).filter { $1 == nil }.map(\.0)
        if !open.isEmpty, try Self.isAnyAlive(open, storage) {
            try finish(BundleOutcome(.busy, reason: "another process trains it", node: node, arithmetic: arithmetic))
            throw Refusal.busy
        }
    }

    deinit { close(journal) }

    /// Watches other starts: the clocks of two nodes need not agree.
    private static func isAnyAlive(_ starts: [String], _ storage: SharedFolder) throws -> Bool {
        let beats = { try starts.map { try storage.get("\(RunBundle.starts)/\($0)/\(RunBundle.beat)") } }
        let before = try beats()
        let end = Date(timeIntervalSinceNow: watch)
        while Date() < end {
            Thread.sleep(forTimeInterval: 0.25)
            if try beats() != before { return true }
        }
        return false
    }

    /// Whether the lab wants the bundle not to be trained any more. A bundle that is gone is not wanted.
    public var isStopWanted: Bool {
        if isAsked.load(ordering: .relaxed) { return true }
        guard access(storage.url(of: RunBundle.file).path, F_OK) == 0 else { return true }
        let request = (try? storage.get(RunBundle.request)) ?? nil
        return request.map { String(decoding: $0, as: UTF8.self).hasPrefix(RunBundle.stop) } ?? false
    }

    /// Writes the journal's first line, and shows from now on that the process lives. `stop` is called once if the lab wants a stop.
    public func begin(threads: Int, version: String, stop: @escaping @Sendable () -> Void) throws {
        try append(
            JournalLine(
                start: .init(
                    node: node, process: Int(getpid()), arithmetic: arithmetic, threads: threads, version: version,
                    at: Int64(Date().timeIntervalSince1970 * 1000))))
        Thread.detachNewThread { [self] in
            var count = 0
            while !isOver.load(ordering: .relaxed) {
                count += 1
                // A file that cannot be written now can be later.
                try? Data("\(count)\n".utf8).write(to: folder.appending(path: RunBundle.beat))
                if !isAsked.load(ordering: .relaxed), isStopWanted {
                    isAsked.store(true, ordering: .relaxed)
                    stop()
                }
                Thread.sleep(forTimeInterval: Self.interval)
            }
        }
    }

    /// Appends a line, which is durable on return.
    public func append(_ line: JournalLine) throws {
        let bytes = try line.encoded()
        let size = lseek(journal, 0, SEEK_END)
        let count = bytes.withUnsafeBytes { write(journal, $0.baseAddress, $0.count) }
        guard count == bytes.count, fdatasync(journal) == 0 else {
            let reason = String(cString: strerror(errno))
            // Half a line would hide all that follow.
            if size >= 0 { ftruncate(journal, size) }
            throw SharedFolder.Failure(path: folder.path, reason: reason)
        }
    }

    /// Writes the outcome, which is durable on return. Nothing is written afterwards.
    public func finish(_ outcome: BundleOutcome) throws {
        isOver.store(true, ordering: .relaxed)
        // Of a bundle that the lab has removed nothing is made again.
        guard access(folder.path, F_OK) == 0 else { return }
        try storage.put(try outcome.encoded(), as: "\(start)/\(RunBundle.outcome)", isDurable: true)
    }

    public func finish(_ kind: BundleOutcome.Kind, _ reason: String? = nil, _ figures: FinalFigures? = nil) throws {
        try finish(BundleOutcome(kind, reason: reason, node: node, arithmetic: arithmetic, figures: figures))
    }

    /// Checkpoint files from which training may go on, the farthest first: those of earlier starts of the bundle, and those that it came
    /// with.
    public func checkpoints() throws -> [(file: URL, digest: String)] {
        var all = bundle.checkpoints.map { (place: ($0.epoch, $0.batch), file: storage.url(of: $0.file), digest: $0.digest) }
        for other in try storage.list(RunBundle.starts) where "\(RunBundle.starts)/\(other)" != start {
            let bytes = try storage.get("\(RunBundle.starts)/\(other)/\(RunBundle.journal)") ?? Data()
            for checkpoint in JournalLine.read(bytes).lines.compactMap(\.checkpoint) where !checkpoint.file.contains("/") {
                let file = storage.url(of: "\(RunBundle.starts)/\(other)/\(checkpoint.file)")
                guard access(file.path, F_OK) == 0 else { continue }
                all.append(((checkpoint.epoch, checkpoint.batch), file, checkpoint.digest))
            }
        }
        return all.sorted { $0.place > $1.place }.map { ($0.file, $0.digest) }
    }
}
