import Foundation
import GRDB
import Specs

extension Lab {
    /// Repairs damage as its `repair` says. `identity` returns the settings and the data set of a run's id from outside the database.
    /// Nothing that a run may still need is removed. Returns what was done.
    ///
    /// Throws `refused` for a running run, and `damaged` for what it cannot repair: a damaged database (see `salvage`), a file without
    /// read permission, a run without a checkpoint.
    public func repair(_ damage: Damage, identity: (_ run: String) throws -> RunToSubmit?) throws -> String {
        switch damage {
        case .database(let faults): throw damaged(faults.joined(separator: "; "))
        case .lost(let run, let experiment):
            guard let known = try identity(run) else {
                try database.write { try removeRest(of: run, $0) }
                return "it has no checkpoint: submit the spec of experiment \(experiment) again"
            }
            try database.write { try bringBack(known, run, $0) }
            return "it is back, from its checkpoint"
        case .nameless(let number, _):
            try database.write { db in
                try db.execute(
                    sql: "INSERT INTO experiments (id, name, submitted_at) VALUES (?, ?, ?)",
                    arguments: [number, "recovered-\(number)", clock.now()])
            }
        case .ownerless(let table, _): try database.write { try removeOwnerless(table, $0) }
        case .run(let run, _):
            guard let known = try identity(run) else {
                throw damaged("run \(run) has no checkpoint with its settings; submit its spec again, which mends it")
            }
            try database.write { try mend(known, run, $0) }
        case .abandoned: try LabMaintenance(self).run()
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
        case .stray(let file):
            let file = folder.appending(path: file)
            guard unlink(file.path) == 0 || errno == ENOENT else {
                throw LabError.cannotWrite(path: file.relativePath, reason: String(cString: strerror(errno)))
            }
        }
        return damage.repair ?? ""
    }

    private func damaged(_ reason: String) -> LabError { .damaged(file: databaseFile.relativePath, reason: reason) }

    /// A worker continues from its own memory and would not see a change of the database.
    private func refuseAtWork(_ run: String, _ db: Database) throws {
        let state = try state(of: run, db)
        if state == .running { throw LabError.refused(run: run, state: state, event: "repair") }
    }

    /// Sets the run back to the last epoch before a gap. Training repeats the same rows. Checkpoints of later epochs are used again
    /// when the run has reached them.
    private func setBack(_ run: String, _ db: Database) throws {
        try refuseAtWork(run, db)
        let whole = try wholeEpochs(of: run, db)
        let wanted = try Int.fetchOne(db, sql: "SELECT epochs FROM runs WHERE id = ?", arguments: [run]) ?? 0
        if whole < wanted, try state(of: run, db) == .completed { try apply(.extended, to: run, db) }
        try db.execute(sql: "DELETE FROM completions WHERE run_id = ? AND epochs > ?", arguments: [run, whole])
        try db.execute(sql: "DELETE FROM epochs WHERE run_id = ? AND epoch > ?", arguments: [run, whole])
        try db.execute(sql: "UPDATE runs SET epoch = ? WHERE id = ?", arguments: [whole, run])
        try event(db, run: run, "repaired", "set to epoch \(whole), up to which its rows are whole")
    }

    private func mend(_ known: RunToSubmit, _ run: String, _ db: Database) throws {
        try refuseAtWork(run, db)
        var settings = known.settings
        settings.epochs = try Int.fetchOne(db, sql: "SELECT epochs FROM runs WHERE id = ?", arguments: [run]) ?? settings.epochs
        try db.execute(
            sql: "UPDATE runs SET model = ?, dataset = ?, seed = ?, settings = ?, dataset_digest = ? WHERE id = ?",
            arguments: [
                settings.model, settings.dataset.name, settings.seed, settings.canonicalJSON, known.datasetDigest, run,
            ])
        try event(db, run: run, "repaired", "settings taken from a checkpoint")
    }

    /// Inserts the row of a lost run again. Its attempts continue after the known ones.
    private func bringBack(_ known: RunToSubmit, _ run: String, _ db: Database) throws {
        try insert(known, id: run, priority: nil, db)
        try db.execute(
            sql: """
                UPDATE runs SET epoch = ?2, attempt = (SELECT coalesce(max(number), 0) FROM
                    (SELECT number FROM attempts WHERE run_id = ?1 UNION ALL SELECT attempt FROM checkpoints WHERE run_id = ?1))
                WHERE id = ?1
                """, arguments: [run, try wholeEpochs(of: run, db)])
        _ = try settleLength(of: run, db)
        try event(db, run: run, "repaired", "brought back from a checkpoint")
    }
}
