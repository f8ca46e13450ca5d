import Foundation

/// A real Slurm on this machine: one slurmctld, and the nodes n1, n2 and n3. See Scripts/virtual-cluster.
final class VirtualCluster {
    let folder: URL
    /// What Slurm's commands need.
    let environment: [String: String]

    private static let script = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appending(path: "Scripts/virtual-cluster")

    struct Failed: Error { let command: String, text: String }

    /// Starts it. Returns when all nodes are idle.
    /// - Parameter lines: of slurm.conf, in place of the script's.
    init(_ lines: [String] = []) throws {
        folder = FileManager.default.temporaryDirectory.appending(path: "slurm-\(UUID().uuidString.prefix(8))")
        try Self.run(folder, ["start"] + lines)
        var variables: [String: String] = [:]
        for line in try Self.run(folder, ["env"]).split(separator: "\n") {
            let parts = line.replacing("export ", with: "").split(separator: "=", maxSplits: 1).map(String.init)
            if parts.count == 2 { variables[parts[0]] = parts[1].trimmingCharacters(in: CharacterSet(charactersIn: "'\"")) }
        }
        environment = variables
    }

    deinit { stop() }

    func stop() {
        _ = try? Self.run(folder, ["stop"])
        try? FileManager.default.removeItem(at: folder)
    }

    /// kill, revive, down or power-off, and what.
    func callAsFunction(_ arguments: String...) throws { try Self.run(folder, arguments) }

    /// Gives jobs that start on a node from now on this environment.
    func setEnvironment(of node: String, _ lines: [String]) throws {
        let place = folder.appending(path: "node-env")
        try FileManager.default.createDirectory(at: place, withIntermediateDirectories: true)
        try Data(lines.map { $0 + "\n" }.joined().utf8).write(to: place.appending(path: node))
    }

    /// Runs a command of Slurm.
    @discardableResult
    func slurm(_ arguments: String...) throws -> String {
        try Self.output("/usr/bin/env", arguments, ProcessInfo.processInfo.environment.merging(environment) { $1 })
    }

    @discardableResult
    private static func run(_ folder: URL, _ arguments: [String]) throws -> String {
        try output("/bin/bash", [script.path, folder.path] + arguments, ProcessInfo.processInfo.environment)
    }

    private static func output(_ program: String, _ arguments: [String], _ environment: [String: String]) throws -> String {
        // Foundation's `Process` would wait for the daemons too: they inherit a descriptor of it. A pipe would stay open as long.
        let file = FileManager.default.temporaryDirectory.appending(path: "slurm-out-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: file) }
        var actions = posix_spawn_file_actions_t(), process: pid_t = 0, status: Int32 = 0
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_addopen(&actions, 1, file.path, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
        posix_spawn_file_actions_adddup2(&actions, 1, 2)
        var words = ([program] + arguments).map { strdup($0) } + [nil]
        var variables = environment.map { strdup("\($0.key)=\($0.value)") } + [nil]
        defer { (words + variables).forEach { free($0) } }
        guard posix_spawn(&process, program, &actions, nil, &words, &variables) == 0 else {
            throw Failed(command: program, text: "cannot be started")
        }
        while waitpid(process, &status, 0) == -1, errno == EINTR {}
        let text = try String(contentsOf: file, encoding: .utf8)
        guard status == 0 else { throw Failed(command: arguments.joined(separator: " "), text: text) }
        return text
    }
}
