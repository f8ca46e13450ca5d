import Foundation
import Specs

/// Slurm, by its own commands: sbatch, squeue, scancel, scontrol and sinfo. Jobs are told apart from others by their name, and those of a
/// lab from those of other labs by their comment, which holds the token of their submission.
public struct Slurm: Engine {
    public let name = "slurm"
    private static let jobName = "pcnlab"

    public init() {}

    public func submit(_ jobs: JobArray) throws(EngineError) -> String {
        let settings = jobs.settings
        let parallel = settings.arrayParallelism.map { "%\($0)" } ?? ""
        // The controller starts every attempt itself: a job that Slurm starts again would train the same attempt twice.
        var arguments = [
            "--parsable", "--no-requeue", "--comment=\(jobs.token)", "--job-name=\(Self.jobName)",
            "--array=0-\(jobs.tasks - 1)\(parallel)", "--signal=B:USR1@\(settings.signalSeconds)",
            "--output=\(jobs.folder.path)/output-%a", "--open-mode=append", "--nodes=1", "--ntasks=1",
            "--cpus-per-task=\(settings.cpus)",
        ]
        let options: [(String, String?)] = [
            ("partition", settings.partition), ("account", settings.account), ("qos", settings.qos),
            ("time", settings.time?.text),
            ("mem", settings.mem), ("gres", settings.gres), ("constraint", settings.constraint),
            ("reservation", settings.reservation), ("nice", settings.nice.map(String.init)),
            ("begin", jobs.delay > 0 ? "now+\(jobs.delay)" : nil),
        ]
        arguments += options.compactMap { name, value in value.map { "--\(name)=\($0)" } }
        let excluded = ([settings.exclude].compactMap(\.self) + jobs.excludedNodes).joined(separator: ",")
        if !excluded.isEmpty { arguments.append("--exclude=\(excluded)") }
        arguments += settings.extra + [jobs.script.path]
        let output = try run("sbatch", arguments)
        guard output.status == 0 else { throw error(of: "sbatch", output) }
        // ID, or ID;CLUSTER.
        let id = output.out.split(whereSeparator: { $0 == ";" || $0.isWhitespace }).first.map(String.init) ?? ""
        guard !id.isEmpty, id.utf8.allSatisfy({ (48...57).contains($0) }) else {
            throw .unreachable("sbatch printed \(output.out.debugDescription) in place of a job's id")
        }
        return id
    }

    public func list() throws(EngineError) -> [JobRecord]? {
        let output = try run("squeue", ["-h", "-r", "-t", "all", "-n", Self.jobName] + Self.user + ["-o", "%i|%T|%r|%k|%N"])
        guard output.status == 0 else { throw error(of: "squeue", output) }
        return output.out.split(separator: "\n").compactMap(Self.record)
    }

    /// Only this user's jobs.
    private static let user: [String] = getpwuid(geteuid()).map { ["-u", String(cString: $0.pointee.pw_name)] } ?? []

    /// Such as `12_3|PENDING|Resources|0f3c…|` or `12_3|RUNNING|None|0f3c…|n1`.
    static func record(_ line: Substring) -> JobRecord? {
        let fields = line.split(separator: "|", omittingEmptySubsequences: false).map(String.init)
        let id = (fields.first ?? "").split(separator: "_")
        guard fields.count >= 5, id.count == 2, let task = Int(id[1]) else { return nil }
        let state: JobRecord.State
        switch fields[1] {
        case "PENDING", "CONFIGURING", "REQUEUED", "REQUEUE_HOLD", "REQUEUE_FED", "SPECIAL_EXIT", "RESV_DEL_HOLD":
            // Not considered yet.
            state = .waiting(reason: fields[2] == "None" ? "Submitted" : fields[2])
        // Its process does nothing meanwhile, and goes on later.
        case "SUSPENDED", "STOPPED": state = .waiting(reason: "Suspended")
        case "RUNNING", "COMPLETING", "SIGNALING", "STAGE_OUT", "RESIZING": state = .running
        case "TIMEOUT", "DEADLINE": state = .ended(.timeLimit)
        case "PREEMPTED": state = .ended(.preempted)
        case "NODE_FAIL", "BOOT_FAIL": state = .ended(.nodeFailed)
        case "CANCELLED", "REVOKED": state = .ended(.cancelled)
        case "OUT_OF_MEMORY": state = .ended(.outOfMemory)
        default: state = .ended(.other(fields[1]))
        }
        return JobRecord(
            id: JobID(job: String(id[0]), task: task), token: fields[3], state: state, node: fields[4].isEmpty ? nil : fields[4])
    }

    public func stop(_ jobs: [JobID]) throws(EngineError) {
        if jobs.isEmpty { return }
        // Never with a signal: a waiting task of an array would keep it until it starts.
        let output = try run("scancel", ["-Q"] + jobs.map(\.description))
        guard output.status == 0 else { throw error(of: "scancel", output) }
    }

    public func capabilities() throws(EngineError) -> EngineCapabilities {
        let configuration = try run("scontrol", ["show", "config"]), nodes = try run("sinfo", ["-h", "-N", "-o", "%N|%f"])
        guard configuration.status == 0 else { throw error(of: "scontrol", configuration) }
        guard nodes.status == 0 else { throw error(of: "sinfo", nodes) }
        let size = configuration.out.split(separator: "\n").first { $0.hasPrefix("MaxArraySize") }
            .flatMap { $0.split(separator: "=").last }.flatMap { Int($0.trimmingCharacters(in: .whitespaces)) }
        var features: [String: [String]] = [:]
        for line in nodes.out.split(separator: "\n") {
            let parts = line.split(separator: "|", maxSplits: 1).map(String.init)
            let list = parts.count == 2 && parts[1] != "(null)" ? parts[1].split(separator: ",").map(String.init) : []
            features[parts[0]] = list
        }
        // The greatest index is one less than this.
        return EngineCapabilities(arraySize: max(1, size ?? 1001), features: features)
    }

    private func run(_ program: String, _ arguments: [String]) throws(EngineError) -> Command.Output {
        guard let output = Command(program: program, arguments: arguments).run() else {
            throw .missing(
                "there is no \(program) on this machine: run pcnlab on a login node of the cluster, or give --engine local")
        }
        return output
    }

    /// A sentence of Slurm's own, and whether the request may have arrived.
    private func error(of program: String, _ output: Command.Output) -> EngineError {
        let lines = output.error.split(separator: "\n").map { line in
            line.replacing("\(program): error: ", with: "").replacing("\(program): fatal: ", with: "")
        }
        guard output.status != nil else { return .unreachable("\(program) did not answer within a minute") }
        let text = "\(program): " + (lines.last ?? "ended with exit code \(output.status ?? 0)")
        let isLost = Self.signsOfLoss.contains { output.error.lowercased().contains($0) }
        return isLost ? .unreachable(text) : .refused(text)
    }

    /// Parts of messages after which it is not known whether slurmctld has got a request.
    private static let signsOfLoss = [
        "unable to contact", "timed out", "zero bytes", "connection", "communication", "controller", "fetch_config",
        "configuration source", "try again", "temporarily", "munge", "protocol authentication",
    ]
}
