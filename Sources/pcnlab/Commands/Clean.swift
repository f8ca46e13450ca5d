import ArgumentParser
import Foundation
import Lab
import Operations

struct Clean: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Remove checkpoints that nothing needs.",
        discussion: """
            Of runs that are completed, failed, diverged or cancelled, these checkpoints stay: the newest, the one of the run's length, \
            those of lengths at which it was completed before an extension, and those that checkpoint_every keeps (unless --kept is \
            given). Files that no run will read are removed too. `verify` trains such a run again from its beginning.
            """)
    @OptionGroup var lab: LabOption
    @OptionGroup var selection: RunSelection
    @OptionGroup var confirmation: Confirmation

    @Flag(help: "Remove those that checkpoint_every keeps too.")
    var kept = false

    func run() throws {
        try reporting {
            let lab = try lab.open()
            let runs = try selection.some(lab), ids = runs.map(\.id), lines = RunLines(runs)
            Terminal.error.line(
                "of ended runs, all checkpoints but the newest and those of completed lengths"
                    + (kept ? "" : ", and but those that checkpoint_every keeps") + "; files that no run will read")
            let found = try lab.superfluousCheckpoints(of: ids, alsoKept: kept)
            // Files that no run will read belong to no selection.
            let strays = try selection.isEmpty ? CheckpointExamination(lab: lab)().damage.compactMap(Self.stray) : []
            let byRun = Dictionary(grouping: found, by: \.run)
            for run in runs {
                guard let checkpoints = byRun[run.id] else { continue }
                let bytes = Format.bytes(checkpoints.reduce(0) { $0 + $1.bytes })
                Terminal.output.line(lines.line(run, "\(Format.count(checkpoints.count, "checkpoint")), \(bytes)"))
            }
            for file in strays { Terminal.output.line(file.printable) }
            let count = Format.count(found.count + strays.count, "file")
            let total = "\(count), \(Format.bytes(found.reduce(0) { $0 + $1.bytes } + strays.reduce(0) { $0 + size(lab, $1) }))"
            if found.isEmpty, strays.isEmpty { return Terminal.error.line("nothing to remove") }
            if confirmation.dryRun { return Terminal.error.line("\(total); nothing is removed") }
            try confirmation.ask("remove \(total)")
            _ = try lab.removeSuperfluousCheckpoints(of: ids, alsoKept: kept)
            for file in strays { _ = try lab.repair(.stray(file: file)) { _ in nil } }
            Terminal.error.line("\(total) removed")
        }
    }

    private static func stray(_ damage: Damage) -> String? {
        if case .stray(let file) = damage { file } else { nil }
    }

    private func size(_ lab: Lab, _ file: String) -> Int64 {
        let path = lab.folder.appending(path: file).path
        return ((try? FileManager.default.attributesOfItem(atPath: path))?[.size] as? Int64) ?? 0
    }
}
