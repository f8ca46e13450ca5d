import Foundation
import Lab
import Specs

/// Times of the program's commands, run as a user runs them.
enum ProgramTimes {
    static let rounds = 5

    struct Failure: Error {
        let arguments: [String]
        let text: String
    }

    static func checks(_ tiny: LoadedLab, _ large: LoadedLab) throws -> [LoadCheck] {
        [
            try check("`status`", limit: 0.2, tiny, large) { try time(["status"], in: $0) },
            try check("`report` of an experiment of \(LoadSize.ordinary) runs", limit: 1, tiny, large) {
                try time(["report", "--experiment", LoadedLab.experiment], in: $0)
            },
            try check("`status RUN`", tiny, large) {
                try time(["status", run($0, RunFilter(experiment: LoadedLab.experiment))], in: $0)
            },
            try check("`cancel RUN`", tiny, large) { try time(["cancel", run($0, RunFilter(state: .queued))], in: $0) },
            try check("`work` to its first claim", tiny, large, timeToClaim),
            try check("`submit` of \(Experiment.runLimit.grouped) runs", limit: 3, tiny, large) { lab in
                let target = lab === tiny ? LoadedLab(tiny.folder.appending(path: UUID().uuidString)) : lab
                return try target.submit("more", runs: Experiment.runLimit, epochs: 1_000)
            },
        ]
    }

    private static func check(
        _ title: String, limit: Double? = nil, _ tiny: LoadedLab, _ large: LoadedLab,
        _ time: @escaping (LoadedLab) throws -> Double
    ) throws -> LoadCheck {
        Terminal.note("load: \(title)")
        let turns = try Turns(rounds: rounds, [{ try time(tiny) }, { try time(large) }])
        return LoadCheck(title: title, limit: limit, tiny: turns.times[0], large: turns.times[1])
    }

    /// The id of a run that matches a filter.
    private static func run(_ lab: LoadedLab, _ filter: RunFilter) throws -> String {
        var filter = filter
        filter.limit = 1
        return try Lab(lab.folder).runs(filter).first?.id ?? ""
    }

    /// Seconds from the program's start to its end.
    static func time(_ arguments: [String], in lab: LoadedLab) throws -> Double {
        let process = process(arguments, in: lab), errors = Pipe()
        process.standardError = errors
        var text = ""
        let time = try seconds {
            try process.run()
            // The pipe closes when the program exits; `waitUntilExit` would return tens of milliseconds later.
            text = String(decoding: errors.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        }
        process.waitUntilExit()
        if process.terminationStatus != 0 { throw Failure(arguments: arguments, text: text) }
        return time
    }

    /// Seconds from a worker's start to its first claim. The worker is killed, and its run queued again.
    private static func timeToClaim(_ loaded: LoadedLab) throws -> Double {
        let lab = try Lab(loaded.folder), process = process(["work"], in: loaded)
        let start = lab.clock.now()
        try process.run()
        defer {
            kill(process.processIdentifier, SIGKILL)
            process.waitUntilExit()
            _ = try? LabMaintenance(lab).run()
        }
        while process.isRunning {
            if let run = try lab.runs(RunFilter(state: .running)).first, let attempt = try lab.attempts(of: run.id).last {
                return Double(attempt.startedAt - start) / 1000
            }
            Thread.sleep(forTimeInterval: 0.001)
        }
        throw Failure(arguments: ["work"], text: "ended with nothing claimed")
    }

    static func process(_ arguments: [String], in lab: LoadedLab) -> Process {
        let process = Process()
        process.executableURL = Environment.executable.deletingLastPathComponent().appending(path: "pcnlab")
        process.arguments = arguments + ["--lab", lab.folder.path]
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        return process
    }
}
