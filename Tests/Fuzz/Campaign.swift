import Foundation

/// Runs all inputs of one reader, in a new process after each crash.
struct Campaign {
    let reader: Reader
    let seed: UInt64
    let count: Int
    /// The campaign's folder: children may write only below `given` in it.
    let folder: URL

    /// An input that was neither accepted nor refused.
    struct Culprit {
        let index: Int
        let how: String
    }

    struct Result {
        var accepted = 0
        var refused = 0
        var longest = 0.0
        var culprits: [Culprit] = []
    }

    /// The number of culprits after which the campaign ends.
    private static let culpritLimit = 5
    /// Wall-clock seconds for one input after which a child counts as hung.
    private static let timeout = 20.0

    func run() throws -> Result {
        let given = folder.appending(path: "given"), pageFile = folder.appending(path: "progress")
        // Children run in a subfolder from which `../../outside` is a file that no input may touch.
        try FileManager.default.createDirectory(at: given.appending(path: "here"), withIntermediateDirectories: true)
        try Data("untouched".utf8).write(to: folder.appending(path: "outside"))
        let progress = try Progress(pageFile)
        let before = try Surroundings(folder, without: given)
        var result = Result()
        var next = 0
        while next < count, result.culprits.count < Self.culpritLimit {
            progress.page = .init()
            let how = try watch(try start(next..<count, given, pageFile), progress)
            let page = progress.page
            result.accepted += page.accepted
            result.refused += page.refused
            result.longest = max(result.longest, Double(page.longest) / 1e6)
            guard let how else { break }
            result.culprits.append(Culprit(index: page.index, how: how))
            next = page.index + 1
        }
        if try Surroundings(folder, without: given) != before {
            result.culprits.append(Culprit(index: count, how: "an input touched files outside the given folder"))
        }
        return result
    }

    private func start(_ indices: Range<Int>, _ given: URL, _ page: URL) throws -> Process {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
        process.arguments = [
            "child", reader.name, "\(seed)", "\(indices.lowerBound)", "\(indices.upperBound)", given.path, page.path,
        ]
        process.currentDirectoryURL = given.appending(path: "here")
        process.environment = ProcessInfo.processInfo.environment.merging(["SWIFT_BACKTRACE": "enable=no"]) { $1 }
        process.standardInput = FileHandle.nullDevice
        try process.run()
        return process
    }

    /// How the child failed; nil if it read every input.
    private func watch(_ child: Process, _ progress: Progress) throws -> String? {
        var last = progress.page.index, since = Date()
        while child.isRunning {
            Thread.sleep(forTimeInterval: 0.01)
            if progress.page.index != last { (last, since) = (progress.page.index, Date()) }
            if Date().timeIntervalSince(since) > Self.timeout {
                kill(child.processIdentifier, SIGKILL)
                child.waitUntilExit()
                return "hung"
            }
        }
        switch (child.terminationReason, child.terminationStatus) {
        case (.exit, 0): return nil
        case (.exit, Child.Exit.broken): return "broke a promise"
        case (.exit, Child.Exit.slow): return "took longer than \(Child.limit) s"
        case (.uncaughtSignal, let signal): return "crashed with signal \(signal)"
        case (_, let status): return "ended with status \(status)"
        }
    }
}

/// A snapshot of the files around a folder, to detect changes.
struct Surroundings: Equatable {
    private let files: [String: [String]]

    init(_ folder: URL, without given: URL) throws {
        var files = ["outside": [FileManager.default.fileExists(atPath: "/tmp/pcnlab-fuzz-outside") ? "there" : "not there"]]
        for name in try FileManager.default.contentsOfDirectory(atPath: folder.path) where name != given.lastPathComponent {
            let attributes = try FileManager.default.attributesOfItem(atPath: folder.appending(path: name).path)
            let isPage = name == "progress"
            files[name] = [attributes[.size], isPage ? nil : attributes[.modificationDate], attributes[.type]].map {
                "\($0 ?? "")"
            }
        }
        self.files = files
    }
}
