import Foundation
import Lab
import Specs

/// Processes of this machine, which live on when the controller ends. For single machines, and for tests without a batch system.
///
/// A job is a shell that waits for one of as many locks as jobs may run at a time, and then becomes the program. What is known of it lies
/// in files beside its script, so that any later process can follow it.
public struct Local: Engine {
    public let name = "local"
    /// Where scripts of all submissions are: a folder for each token.
    private let folder: URL
    /// The number of processors.
    private let cores: Int

    public init(folder: URL, cores: Int = ProcessInfo.processInfo.activeProcessorCount) {
        (self.folder, self.cores) = (folder, cores)
    }

    /// The folder of the locks, beside those of the submissions.
    static let slots = "slots"

    private func slots(_ settings: ClusterSettings) -> Int {
        min(max(1, cores / settings.cpus), settings.arrayParallelism ?? .max)
    }

    /// The name under which this machine is known as a node.
    static var node: String { NodeName.ofHost }

    public func submit(_ jobs: JobArray) throws(EngineError) -> String {
        guard !jobs.excludedNodes.contains(Self.node) else {
            throw .refused("local: this machine is excluded: its arithmetic is not that of the run, or jobs died here")
        }
        do {
            let wrapper = jobs.folder.appending(path: "local.sh")
            try Data(wrapperText(jobs).utf8).write(to: wrapper)
            // Sessions of their own: they get no signal of this terminal, and init inherits them.
            let loop =
                "i=0; while [ $i -lt \(jobs.tasks) ]; do "
                + "setsid sh \"$0\" $i </dev/null >>\"$1/output-$i\" 2>&1 & "
                + "n=0; while [ ! -e \"$1/process-$i\" ] && [ $n -lt 200 ]; do sleep 0.01; n=$((n+1)); done; i=$((i+1)); done"
            try launch(["sh", "-c", loop, wrapper.path, jobs.folder.path])
            // A list that is asked for now should have them.
            for _ in 0..<100 where !isComplete(jobs) { Thread.sleep(forTimeInterval: 0.02) }
            return jobs.token
        } catch { throw .refused("the jobs cannot be started: \(error.systemReason)") }
    }

    /// Runs a shell and waits for its end. It inherits no descriptor but the first three: whoever started this program may wait until all
    /// copies of one are closed, as Foundation's `Process` does, and the jobs live on.
    private func launch(_ arguments: [String]) throws {
        var words = arguments.map { strdup($0) } + [nil], process: pid_t = 0
        defer { words.forEach { free($0) } }
        for name in (try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd")) ?? [] {
            if let descriptor = Int32(name), descriptor > 2 { _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC) }
        }
        let number = posix_spawn(&process, "/bin/sh", nil, nil, &words, environ)
        guard number == 0 else { throw POSIXError(POSIXErrorCode(rawValue: number) ?? .EIO) }
        var status: Int32 = 0
        while waitpid(process, &status, 0) == -1, errno == EINTR {}
    }

    private func isComplete(_ jobs: JobArray) -> Bool {
        (0..<jobs.tasks).allSatisfy { FileManager.default.fileExists(atPath: jobs.folder.appending(path: "process-\($0)").path) }
    }

    /// Waits for a lock, and keeps it while the program runs: the descriptor is inherited.
    private func wrapperText(_ jobs: JobArray) -> String {
        let settings = jobs.settings
        let run = "sh \(Shell.quoted(jobs.script.path)) \"$1\""
        let limit = settings.time.map { time in
            // As Slurm: a signal some time before the end, and the end some time after it.
            let warning = max(1, time.seconds - settings.signalSeconds)
            return "timeout --signal=USR1 --kill-after=\(settings.signalSeconds) \(warning) "
        }
        let wait =
            jobs.delay > 0
            ? "sleep \(jobs.delay)\n" : ""
        return """
            # A job of pcnlab on this machine. $1 is its task.
            cd \(Shell.quoted(jobs.folder.path)) || exit 1
            set -- "$1"
            echo "$$ $(cut -d ' ' -f 22 /proc/$$/stat) $(cat /proc/sys/kernel/random/boot_id) $(readlink /proc/self/ns/pid)" > process-$1.tmp
            mv process-$1.tmp process-$1
            \(wait)mkdir -p ../\(Self.slots)
            # Tasks begin in their order.
            before=$(($1-1))
            while [ $before -ge 0 ] && [ ! -e running-$before ] && kill -0 "$(cut -d ' ' -f 1 process-$before)" 2>/dev/null; do
                sleep 0.1
            done
            while :; do
                slot=0
                while [ $slot -lt \(slots(settings)) ]; do
                    exec 9>>../\(Self.slots)/$slot
                    if flock -n 9; then
                        : > running-$1
                        exec \(limit ?? "")\(run)
                    fi
                    slot=$((slot+1))
                done
                sleep 0.\(Int.random(in: 2...5))
            done
            """ + "\n"
    }

    public func list() throws(EngineError) -> [JobRecord]? {
        let tokens = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
        return tokens.filter { $0 != Self.slots && !$0.hasPrefix(".") }.sorted().flatMap(records)
    }

    private func records(_ token: String) -> [JobRecord] {
        let place = folder.appending(path: token)
        let files = Set((try? FileManager.default.contentsOfDirectory(atPath: place.path)) ?? [])
        return files.compactMap { file -> JobRecord? in
            guard file.hasPrefix("process-"), let task = Int(file.dropFirst(8)) else { return nil }
            let isRunning = files.contains("running-\(task)")
            let state: JobRecord.State =
                process(place.appending(path: file)) == nil
                ? .ended(.other("its process is gone")) : isRunning ? .running : .waiting(reason: "Resources")
            return JobRecord(
                id: JobID(job: token, task: task), token: token, state: state, node: isRunning ? Self.node : nil)
        }
    }

    /// The process of a job that is there still.
    private func process(_ file: URL) -> Int32? {
        let text = ((try? String(contentsOf: file, encoding: .utf8)) ?? "").trimmingCharacters(in: .newlines)
        guard let identity = WorkerIdentity(text: text), !identity.isGone else { return nil }
        return text.split(separator: " ").first.flatMap { Int32($0) }
    }

    public func stop(_ jobs: [JobID]) throws(EngineError) {
        for job in jobs {
            let place = folder.appending(path: job.job)
            guard let process = process(place.appending(path: "process-\(job.task)")) else { continue }
            kill(process, SIGTERM)
        }
    }

    public func capabilities() throws(EngineError) -> EngineCapabilities {
        EngineCapabilities(arraySize: 100_000, features: [Self.node: []])
    }
}

enum Shell {
    /// A text as one word of a shell's command.
    static func quoted(_ text: String) -> String { "'" + text.replacing("'", with: "'\\''") + "'" }

    /// The same, with variables of the shell such as $TMPDIR replaced by their values.
    static func expanded(_ text: String) -> String {
        let escaped = text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"").replacing("`", with: "\\`")
        return "\"" + escaped.replacing("$(", with: "\\$(") + "\""
    }
}
