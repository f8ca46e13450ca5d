import Foundation
import Lab

/// Examines a lab for damage for `doctor`, and repairs it if asked to. `Lab.damage` and `Lab.repair` examine and repair the database;
/// this adds the checkpoint files and makes findings of both.
package struct LabExamination {
    package let folder: URL
    package let repairs: Bool

    package init(folder: URL, repairs: Bool) { (self.folder, self.repairs) = (folder, repairs) }

    package func findings() -> [Finding] {
        do {
            return try examine()
        } catch LabError.noLab(let folder) {
            return [withoutDatabase(folder)]
        } catch LabError.damaged(let file, let reason) {
            return salvage("\(file): \(reason)")
        } catch LabError.notALab(let file) {
            return [
                .wrong(
                    "lab", "\(file) is no lab's database",
                    remedy: "it cannot be repaired: put a backup in its place, or name another lab with --lab DIR")
            ]
        } catch {
            let failure = Failure(error)
            return [.wrong("lab", failure.message, remedy: remedy(failure))]
        }
    }

    /// Without the database the checkpoints cannot be verified: it contained their digests.
    private func withoutDatabase(_ path: String) -> Finding {
        let checkpoints = folder.appending(path: "checkpoints").path
        let runs = ((try? FileManager.default.contentsOfDirectory(atPath: checkpoints)) ?? []).count
        if runs == 0 { return .fine("lab", "none at \(path); `pcnlab submit FILE` makes one") }
        return .wrong(
            "lab", "\(path) has the checkpoints of \(runs) runs, and no pcnlab.sqlite",
            remedy: "it cannot be made from them: put a backup in its place, or submit the specs again, to be trained anew")
    }

    private func remedy(_ failure: Failure) -> String {
        switch failure.status {
        case .cannotWrite: "make the folder writable for you, or name another with --lab DIR"
        case .tryAgain: "end the process that holds it, or try again"
        default: "nothing is changed"
        }
    }

    /// Throws `damaged` if the database itself is damaged.
    private func examine() throws -> [Finding] {
        let lab = try Lab(folder)
        // A damaged database can only be repaired while no other connection is open.
        defer { try? lab.close() }
        do {
            return try examine(lab)
        } catch {
            throw LabError(database: error, file: lab.databaseFile.relativePath) ?? error
        }
    }

    private func examine(_ lab: Lab) throws -> [Finding] {
        var damage = try lab.damage()
        if case .database(let faults)? = damage.first {
            throw LabError.damaged(file: lab.databaseFile.relativePath, reason: faults.joined(separator: "; "))
        }
        let checkpoints = CheckpointExamination(lab: lab)
        var findings: [Finding] = [], isSaved = false
        func treat(_ damage: Damage) throws {
            if repairs, damage.isInDatabase, !isSaved {
                findings.append(try backup(lab))
                isSaved = true
            }
            findings.append(finding(damage, lab, checkpoints))
        }
        let lost = damage.filter { if case .lost = $0 { true } else { false } }
        try lost.forEach(treat)
        // Rows of a lost run may have their run again.
        if repairs, !lost.isEmpty { damage = try lab.damage() }
        try damage.filter { !lost.contains($0) }.forEach(treat)
        let files = try checkpoints()
        try files.damage.forEach(treat)
        if let first = files.kept.first {
            let count = files.kept.count == 1 ? "1 checkpoint is" : "\(files.kept.count.grouped) checkpoints are"
            findings.append(.fine("lab", "\(count) not in the database, of lost runs or newer than it, and stay: \(first)"))
        }
        let counts = try lab.stateCounts()
        let states = counts.keys.sorted { $0.rawValue < $1.rawValue }.map { "\(counts[$0] ?? 0) \($0.rawValue)" }
        let disk = try lab.diskUse()
        let sizes =
            "checkpoints \(Format.bytes(disk.checkpoints)), database \(Format.bytes(disk.database)), "
            + "logs \(Format.bytes(disk.logs))"
        let runs = states.isEmpty ? "no runs" : states.joined(separator: ", ")
        return [.fine("lab", "\(lab.folder.path): \(runs); \(sizes)")] + findings
    }

    private func finding(_ damage: Damage, _ lab: Lab, _ checkpoints: CheckpointExamination) -> Finding {
        guard let repair = damage.repair else {
            return .wrong("lab", "\(damage)", remedy: "make it a file that you may read")
        }
        if !repairs { return .wrong("lab", "\(damage)", remedy: "`pcnlab doctor --repair`: \(repair)") }
        do {
            let done = try lab.repair(damage, identity: checkpoints.identity)
            return Finding(subject: "lab", isFine: true, detail: "\(damage)", remedy: "repaired: \(done)")
        } catch {
            return .wrong("lab", "\(damage)", remedy: "not repaired: \(reason(error))")
        }
    }

    /// The error's text without the advice to run `doctor`.
    private func reason(_ error: any Error) -> String {
        if case LabError.damaged(_, let reason) = error { reason } else { Failure(error).message }
    }

    private func backup(_ lab: Lab) throws -> Finding {
        let name = "pcnlab.sqlite.before-repair-\(lab.clock.now())"
        try lab.backup(to: lab.folder.appending(path: name))
        return .fine("lab", "the database as it was: \(name)")
    }

    private func salvage(_ fault: String) -> [Finding] {
        if !repairs {
            let remedy = "what can be read goes into a new database; or put a backup in its place"
            return [.wrong("lab", fault, remedy: "end all workers, then `pcnlab doctor --repair`: \(remedy)")]
        }
        do {
            let salvaged = try Lab.salvage(folder)
            let rows = "\(salvaged.rows.grouped) rows are in a new database"
            let lost = salvaged.refused == 0 ? "" : ", \(salvaged.refused.grouped) broke its rules and are not"
            let remedy = "repaired: \(rows)\(lost); the damaged one is \(salvaged.damagedFile.lastPathComponent)"
            return [Finding(subject: "lab", isFine: true, detail: fault, remedy: remedy)] + (try examine())
        } catch LabError.busy {
            return [.wrong("lab", fault, remedy: "not repaired: another process has the lab open; end all workers first")]
        } catch {
            return [.wrong("lab", fault, remedy: "not repaired: \(reason(error)); put a backup of pcnlab.sqlite in its place")]
        }
    }
}
