import Foundation
import GRDB
import Specs

extension Lab {
    /// A search as it is stored with its experiment.
    struct StoredSearch {
        let experiment: Int64
        let halving: Halving?
    }

    /// Lets trials past their rungs and stops others, as far as the results on record decide. Called when a trial has a new result.
    func settleSearches(of run: String, _ db: Database) throws {
        let searches = try Int64.fetchAll(
            db.cachedStatement(sql: "SELECT DISTINCT experiment_id FROM trials WHERE run_id = ?"), arguments: [run])
        for search in searches { try settleSearch(search, db) }
    }

    /// Settles the searches that have a rung at this epoch, where the run does not stop there: others may wait for its result.
    func settleSearches(of run: String, passing epoch: Int, _ db: Database) throws {
        let searches = try Int64.fetchAll(
            db.cachedStatement(
                sql: """
                    SELECT DISTINCT t.experiment_id FROM trials t JOIN runs r ON r.id = t.run_id
                    WHERE t.run_id = ? AND (r.until IS NULL OR r.until > ?)
                    """), arguments: [run, epoch])
        for search in searches where try halving(of: search, db)?.rungs.contains(epoch) == true { try settleSearch(search, db) }
    }

    func settleSearch(_ experiment: Int64, _ db: Database) throws {
        guard let halving = try halving(of: experiment, db) else { return }
        let trials = try storedTrials(experiment, halving, db)
        let decided = HalvingDecisions(trials.map(\.results), halving).decisions
        for (trial, decision) in zip(trials, decided) {
            switch decision {
            case .reaches(let rung) where rung > trial.rung:
                try db.execute(
                    cached: "UPDATE trials SET rung = ? WHERE experiment_id = ? AND number = ?",
                    arguments: [rung, experiment, trial.number])
                guard !trial.results.isOut else { continue }
                try event(db, run: trial.results.run, "promoted", "past epoch \(halving.rungs[rung - 1])")
                try settleRung(of: trial.results.run, db)
            case .stops(let rung) where trial.state == .waiting && trial.rung < halving.rungs.count:
                // Another search may still train it. One that was promoted when the search had fewer trials stops at its next rung.
                let run = trial.results.run, epoch = halving.rungs[trial.rung]
                guard try until(run, db).map({ $0 <= epoch }) ?? false else { continue }
                try apply(.pruned, to: run, db)
                let sizes = halving.sizes(of: trials.count)
                try event(
                    db, run: run, "pruned",
                    "at epoch \(epoch): not among the best \(sizes[rung + 1]) of \(sizes[rung]) after epoch \(halving.rungs[rung])"
                )
            case .reaches, .stops: break
            }
        }
    }

    /// Sets how far a run may train now: to its end if an experiment without a search has it, else to the farthest rung that a search lets
    /// it train to. A run that waits or was stopped at an earlier rung is queued again.
    func settleRung(of run: String, _ db: Database) throws {
        let trials = try Row.fetchAll(
            db.cachedStatement(sql: "SELECT experiment_id, rung FROM trials WHERE run_id = ?"), arguments: [run])
        guard !trials.isEmpty else { return }
        let isWantedInFull = try Bool.fetchOne(
            db.cachedStatement(
                sql: """
                    SELECT EXISTS (SELECT 1 FROM experiment_runs m JOIN experiments x ON x.id = m.experiment_id
                        WHERE m.run_id = ? AND x.search IS NULL)
                    """), arguments: [run])
        var until: Int? = 0
        if isWantedInFull == true { until = nil }
        for row in trials {
            let rungs = try halving(of: row["experiment_id"], db)?.rungs ?? [], rung: Int = row["rung"]
            guard let known = until, rung < rungs.count else {
                until = nil
                continue
            }
            until = max(known, rungs[rung])
        }
        try db.execute(cached: "UPDATE runs SET until = ? WHERE id = ? AND until IS NOT ?", arguments: [until, run, until])
        let state = try state(of: run, db)
        guard state == .waiting || state == .pruned else { return }
        let epoch = try Int.fetchOne(db.cachedStatement(sql: "SELECT epoch FROM runs WHERE id = ?"), arguments: [run]) ?? 0
        if until.map({ $0 > epoch }) ?? true { try apply(.advanced, to: run, db) }
    }

    /// The epoch at which a run waits for its searches; nil if it trains to its end.
    func until(_ run: String, _ db: Database) throws -> Int? {
        try Int.fetchOne(db.cachedStatement(sql: "SELECT until FROM runs WHERE id = ?"), arguments: [run])
    }

    /// Lets a stopped trial train to its end, because a person says so. It counts in its searches as before.
    func freeTrial(_ run: String, _ db: Database) throws {
        for row in try Row.fetchAll(db, sql: "SELECT experiment_id, number FROM trials WHERE run_id = ?", arguments: [run]) {
            let rungs = try halving(of: row["experiment_id"], db)?.rungs.count ?? 0
            try db.execute(
                sql: "UPDATE trials SET rung = ? WHERE experiment_id = ? AND number = ?",
                arguments: [rungs, row["experiment_id"] as Int64, row["number"] as Int])
        }
        try db.execute(sql: "UPDATE runs SET until = NULL WHERE id = ?", arguments: [run])
    }

    func halving(of experiment: Int64, _ db: Database) throws -> Halving? {
        try String.fetchOne(
            db.cachedStatement(sql: "SELECT search FROM experiments WHERE id = ?"), arguments: [experiment]
        ).flatMap(Halving.init(canonicalSpace:))
    }

    /// A trial as it is stored, with what is known of it.
    struct StoredTrial {
        let number: Int
        /// The number of rungs at which it was promoted.
        let rung: Int
        /// Nil for a run that is not in the lab.
        let state: RunState?
        var results: TrialResults
    }

    func storedTrials(_ experiment: Int64, _ halving: Halving?, _ db: Database) throws -> [StoredTrial] {
        let rungs = halving?.rungs ?? []
        let rows = try Row.fetchAll(
            db.cachedStatement(
                sql: """
                    SELECT t.number, t.run_id, t.rung, r.state FROM trials t LEFT JOIN runs r ON r.id = t.run_id
                    WHERE t.experiment_id = ? ORDER BY t.number
                    """), arguments: [experiment])
        var trials = try rows.map { row in
            let state = try (row["state"] as String?).map(RunState.init(column:))
            let isOut = state.map { [.diverged, .failed, .cancelled].contains($0) } ?? true
            return StoredTrial(
                number: row["number"], rung: row["rung"], state: state,
                results: TrialResults(run: row["run_id"], accuracies: rungs.map { _ in nil }, isOut: isOut))
        }
        let places = Dictionary(trials.enumerated().map { ($1.results.run, $0) }) { first, _ in first }
        for (rung, epoch) in rungs.enumerated() {
            let rows = try Row.fetchCursor(
                db.cachedStatement(
                    sql: """
                        SELECT t.run_id, e.validation_accuracy FROM trials t JOIN epochs e ON e.run_id = t.run_id AND e.epoch = ?
                        WHERE t.experiment_id = ? AND e.validation_accuracy IS NOT NULL
                        """), arguments: [epoch, experiment])
            while let row = try rows.next() {
                if let place = places[row["run_id"]] { trials[place].results.accuracies[rung] = row["validation_accuracy"] }
            }
        }
        return trials
    }
}

// MARK: Submission

extension Lab {
    /// Throws if the experiment's name is in the lab with another search, or with runs that are none.
    func checkSearch(of experiment: ExperimentToSubmit, _ db: Database) throws {
        guard
            let row = try Row.fetchOne(
                db, sql: "SELECT id, search FROM experiments WHERE name = ?", arguments: [experiment.name])
        else { return }
        let stored = row["search"] as String?
        if stored == nil, experiment.search == nil { return }
        guard stored == experiment.search?.canonicalSpace else {
            throw LabError.otherSearch(experiment: experiment.name, isSearch: stored != nil)
        }
        let trials = try String.fetchAll(
            db, sql: "SELECT run_id FROM trials WHERE experiment_id = ? ORDER BY number", arguments: [row["id"] as Int64])
        guard trials.count <= experiment.runs.count else {
            throw LabError.fewerTrials(experiment: experiment.name, there: trials.count, asked: experiment.runs.count)
        }
        // What all trials share may have changed.
        guard trials == experiment.runs.prefix(trials.count).map(\.id) else {
            throw LabError.otherSearch(experiment: experiment.name, isSearch: true)
        }
    }

    /// Stores which runs are the trials of a search, in their order. Those that are stored stay.
    func storeTrials(_ runs: [String], _ experiment: Int64, _ db: Database) throws {
        for (index, run) in runs.enumerated() {
            try db.execute(
                cached: "INSERT OR IGNORE INTO trials (experiment_id, number, run_id) VALUES (?, ?, ?)",
                arguments: [experiment, index + 1, run])
        }
    }
}
