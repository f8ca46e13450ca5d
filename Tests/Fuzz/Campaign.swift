import Foundation

/// All the inputs of one reader, in as many processes as it takes.
struct Campaign {
    let reader: Reader
    let seed: UInt64
    let count: Int
    /// A folder of its own: children write below `given` in it, and must leave the rest alone.
    let folder: URL

    /// An input that was neither taken nor refused.
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

    /// After so many culprits the rest can wait.
    private static let patience = 5
    /// Seconds that a child may stand at one input, however busy the machine.
    private static let standstill = 20.0

    func run() throws -> Result {
        let given = folder.appending(path: "given"), pageFile = folder.appending(path: "progress")
        // Children stand one folder further down, where `../../outside` is a file that no input may touch.
        try FileManager.default.createDirectory(at: given.appending(path: "here"), withIntermediateDirectories: true)
        try Data("untouched".utf8).write(to: folder.appending(path: "outside"))
        let progress = try Progress(pageFile)
        let before = try Surroundings(folder, without: given)
        var result = Result()
        var next = 0
        while next < count, result.culprits.count < Self.patience {
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
            result.culprits.append(Culprit(index: count, how: "some input made it touch files outside the given folder"))
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

    /// How the child ended before its time; nil where it read everything.
    private func watch(_ child: Process, _ progress: Progress) throws -> String? {
        var last = progress.page.index, since = Date()
        while child.isRunning {
            Thread.sleep(forTimeInterval: 0.01)
            if progress.page.index != last { (last, since) = (progress.page.index, Date()) }
            if Date().timeIntervalSince(since) > Self.standstill {
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

/// The files around a folder, as they are: to see that nothing there was touched.
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
