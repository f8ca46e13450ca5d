import Foundation
import GRDB
import Specs

extension Lab {
    /// Puts damage right as its `repair` says. `settings` finds a run's settings elsewhere than in the database. Returns what
    /// was done.
    ///
    /// Throws `refused` for a run that is at work, and `damaged` for what this cannot mend: a damaged database (`salvage` does),
    /// a file that may not be read.
    public func repair(_ damage: Damage, settings: (_ run: String) -> Settings?) throws -> String {
        switch damage {
        case .database(let faults):
            throw LabError.damaged(file: databaseFile.relativePath, reason: faults.joined(separator: "; "))
        case .lost: try database.write { try removeOwnerless("experiment_runs", $0) }
        case .ownerless(let table, _): try database.write { try removeOwnerless(table, $0) }
        case .run(let run, _): return try restore(run, settings(run))
        case .abandoned: try releaseAbandoned()
        case .gap(let run, _, _): try database.write { try setBack(run, $0) }
        case .checkpoint(let run, let checkpoint, let reason):
            try database.write { db in
                try refuseAtWork(run, db)
                try db.execute(
                    sql: "DELETE FROM checkpoints WHERE run_id = ? AND epoch = ? AND batch = ? AND file = ?",
                    arguments: [run, checkpoint.epoch, checkpoint.batch, checkpoint.file])
                try event(db, run: run, "checkpoint damaged", "\(checkpoint.file): \(reason)")
            }
        case .unreadable(let file, let reason): throw LabError.damaged(file: file, reason: reason)
        case .stray(let file): try FileManager.default.removeItem(at: folder.appending(path: file))
        }
        return damage.repair ?? ""
    }

    /// A worker would go on from what it has in memory, whatever is changed here.
    private func refuseAtWork(_ run: String, _ db: Database) throws {
        let state = try state(of: run, db)
        if state == .running { throw LabError.refused(run: run, state: state, event: "repair") }
    }

    private func removeOwnerless(_ table: String, _ db: Database) throws {
        let noRun = "FROM runs WHERE runs.id = run_id)"
        switch table {
        case "experiment_runs":
            try db.execute(
                sql: "DELETE FROM experiment_runs WHERE NOT EXISTS (SELECT 1 " + noRun
                    + " OR NOT EXISTS (SELECT 1 FROM experiments WHERE experiments.id = experiment_id)")
        case "tags": try db.execute(sql: "DELETE FROM tags WHERE NOT EXISTS (SELECT 1 " + noRun)
        case "attempts": try db.execute(sql: "DELETE FROM attempts WHERE NOT EXISTS (SELECT 1 " + noRun)
        case "epochs": try db.execute(sql: "DELETE FROM epochs WHERE NOT EXISTS (SELECT 1 " + noRun)
        case "checkpoints": try db.execute(sql: "DELETE FROM checkpoints WHERE NOT EXISTS (SELECT 1 " + noRun)
        case "events": try db.execute(sql: "DELETE FROM events WHERE run_id IS NOT NULL AND NOT EXISTS (SELECT 1 " + noRun)
        default: preconditionFailure("no foreign key of \(table)")
        }
    }

    /// Back to the last epoch up to which every row is there. What is trained again comes out the same, row by row.
    private func setBack(_ run: String, _ db: Database) throws {
        try refuseAtWork(run, db)
        let whole = try wholeEpochs(of: run, db)
        if try state(of: run, db) == .completed { try apply(.extended, to: run, db) }
        try db.execute(sql: "DELETE FROM epochs WHERE run_id = ? AND epoch > ?", arguments: [run, whole])
        try db.execute(sql: "DELETE FROM checkpoints WHERE run_id = ? AND epoch > ?", arguments: [run, whole])
        try db.execute(sql: "UPDATE runs SET epoch = ? WHERE id = ?", arguments: [whole, run])
        try event(db, run: run, "repaired", "set back to epoch \(whole): rows were missing")
    }

    private func restore(_ run: String, _ settings: Settings?) throws -> String {
        try database.write { db in
            let row = try Row.fetchOne(db, sql: "SELECT epochs, dataset_digest FROM runs WHERE id = ?", arguments: [run])
            guard let row else { throw LabError.noSuchRun(run) }
            try refuseAtWork(run, db)
            if var settings {
                settings.epochs = row["epochs"]
                if RunToSubmit(settings, datasetDigest: row["dataset_digest"]).id == run {
                    try db.execute(sql: "UPDATE runs SET settings = ? WHERE id = ?", arguments: [settings.canonicalJSON, run])
                    try event(db, run: run, "repaired", "settings taken from a checkpoint")
                    return "its settings are taken from a checkpoint"
                }
            }
            for statement in Self.removal { try db.execute(sql: statement, arguments: [run]) }
            return "it is taken out; submit its spec again"
        }
    }

    /// Of a run and all its rows.
    private static let removal =
        ["experiment_runs", "tags", "attempts", "epochs", "checkpoints", "events"]
        .map { "DELETE FROM " + $0 + " WHERE run_id = ?" } + ["DELETE FROM runs WHERE id = ?"]
}
