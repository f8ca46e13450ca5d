import Foundation
import GRDB
import ProgramUnderTest

/// A kind of damage that is done to a lab of three runs, one of them not finished; and what `doctor` must make of it.
struct DamagedLab: Sendable, CustomStringConvertible {
    let description: String
    /// In what `doctor` says is wrong, and in what it says is to do.
    let name: String
    let remedy: String
    /// Whether `doctor --repair` puts it right; else it says why not.
    var isRepaired = true
    /// Whether every run then ends as if nothing had been; else it was taken out, or cannot be reached.
    var keepsRuns = true
    let harm: @Sendable (Program) throws -> Void

    static let all = [
        DamagedLab(
            description: "text in the place of the database", name: "is no lab's database",
            remedy: "cannot be repaired: put a backup", isRepaired: false
        ) { try Data("runs: none\n".utf8).write(to: $0.database) },
        DamagedLab(description: "a database cut off", name: "pcnlab.sqlite", remedy: "into a new database") { program in
            try program.alter(
                """
                WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 2000)
                INSERT INTO events (at, kind, detail) SELECT 0, 'filler', printf('%0200d', i) FROM n
                """)
            try program.alterFile { $0.removeLast($0.count / 3) }
        },
        DamagedLab(
            description: "a database of which little is left", name: "pcnlab.sqlite", remedy: "put a backup", isRepaired: false
        ) { program in try program.alterFile { $0.removeLast($0.count - 5000) } },
        DamagedLab(
            description: "a page of rows overwritten", name: "pcnlab.sqlite", remedy: "into a new database"
        ) { program in
            try program.overwriteRoot(of: "events", with: Data(repeating: 0xA5, count: 4096))
        },
        DamagedLab(description: "an index that is short of rows", name: "runs_by_state", remedy: "into a new database") {
            program in
            try program.overwriteRoot(of: "runs_by_state", with: emptyIndexPage)
        },
        DamagedLab(
            description: "no database, and checkpoints", name: "no pcnlab.sqlite", remedy: "cannot be made from them",
            isRepaired: false
        ) { try FileManager.default.removeItem(at: $0.database) },
        DamagedLab(
            description: "a database of a newer program", name: "written by a newer pcnlab", remedy: "nothing is changed",
            isRepaired: false
        ) { try $0.alter("PRAGMA user_version = 99") },
        DamagedLab(
            description: "a file in the place of a folder", name: "cannot write", remedy: "make the folder writable",
            isRepaired: false
        ) { program in
            let logs = program.lab.appending(path: "logs")
            try FileManager.default.removeItem(at: logs)
            try Data().write(to: logs)
        },
        DamagedLab(
            description: "settings that are none, beside a checkpoint", name: "its settings cannot be read",
            remedy: "taken from its checkpoint"
        ) { try $0.alter("UPDATE runs SET settings = '{' WHERE number = 2") },
        DamagedLab(
            description: "settings of another run", name: "not those that its id was made of",
            remedy: "taken from its checkpoint"
        ) { try $0.alter("UPDATE runs SET settings = (SELECT settings FROM runs WHERE number = 1) WHERE number = 3") },
        DamagedLab(
            description: "settings that are none, and no checkpoint", name: "its settings cannot be read",
            remedy: "submit its spec again", isRepaired: false
        ) { try $0.alter("DELETE FROM checkpoints; UPDATE runs SET settings = '' WHERE number = 2") },
        DamagedLab(
            description: "a checkpoint that is gone", name: "No such file", remedy: "it is forgotten"
        ) { try FileManager.default.removeItem(at: $0.newestCheckpoint()) },
        DamagedLab(description: "a checkpoint with a bit flipped", name: "SHA-256", remedy: "it is forgotten") { program in
            let file = try program.newestCheckpoint()
            var bytes = try Data(contentsOf: file)
            bytes[bytes.count - 7] ^= 0x10
            try bytes.write(to: file)
        },
        DamagedLab(
            description: "a checkpoint that leads out of the lab", name: "../../etc/passwd", remedy: "it is forgotten"
        ) { try $0.alter("UPDATE checkpoints SET file = '../../etc/passwd' WHERE epoch = 4") },
        DamagedLab(
            description: "a folder in the place of a checkpoint", name: "cannot read", remedy: "a file that you may read",
            isRepaired: false
        ) { program in
            let file = try program.newestCheckpoint()
            try FileManager.default.removeItem(at: file)
            try FileManager.default.createDirectory(at: file, withIntermediateDirectories: false)
        },
        DamagedLab(description: "files that were left over", name: "left over", remedy: "it is removed") { program in
            let folder = try program.newestCheckpoint().deletingLastPathComponent()
            for name in [".e9-b0-a1.safetensors.999999999.tmp", "e9-b0-a1.safetensors"] {
                try Data("x".utf8).write(to: folder.appending(path: name))
            }
        },
        DamagedLab(description: "a run that nobody trains", name: "no worker is there", remedy: "queued again") {
            try $0.alter(
                "UPDATE runs SET state = 'running', attempt = 1 WHERE state = 'queued'; UPDATE attempts SET worker = 'x'")
        },
        DamagedLab(
            description: "a running run without an attempt", name: "no worker is there", remedy: "queued again"
        ) { try $0.alter("UPDATE runs SET state = 'running', attempt = 1 WHERE state = 'queued'; DELETE FROM attempts") },
        DamagedLab(description: "a gap among the epochs", name: "whole up to epoch 2", remedy: "set back to epoch 2") {
            try $0.alter("DELETE FROM epochs WHERE epoch = 3")
        },
        DamagedLab(
            description: "epochs that were lost at the end", name: "whole up to epoch 3", remedy: "set back to epoch 3"
        ) {
            try $0.alter("DELETE FROM epochs WHERE epoch = 4")
        },
        DamagedLab(
            description: "rows of a run that is not there", name: "2 rows of epochs belong to no run", remedy: "removed"
        ) {
            try $0.alter(
                "INSERT INTO epochs VALUES ('0123456789abcdef', 1, 1, 0, 0, 1, NULL), ('0123456789abcdef', 2, 1, 0, 0, 1, NULL)")
        },
        DamagedLab(
            description: "a run that is not there", name: "of experiment a is lost", remedy: "comes back from its checkpoint"
        ) { try $0.alter("DELETE FROM runs WHERE number = 2") },
        DamagedLab(description: "the page of all runs overwritten", name: "pcnlab.sqlite", remedy: "into a new database") {
            program in
            try program.overwriteRoot(of: "runs", with: Data(repeating: 0xA5, count: 4096))
        },
        DamagedLab(
            description: "nothing in the file, and checkpoints", name: "is empty, and there are checkpoints",
            remedy: "put a backup",
            isRepaired: false
        ) { try Data().write(to: $0.database) },
        DamagedLab(
            description: "an experiment that is not there", name: "belong to an experiment that is not there",
            remedy: "recovered-1"
        ) { try $0.alter("DELETE FROM experiments WHERE id = 1") },
        DamagedLab(
            description: "another number of epochs in the settings", name: "differ in their epochs",
            remedy: "taken from its checkpoint"
        ) { try $0.alter("UPDATE runs SET settings = replace(settings, '\"epochs\":4', '\"epochs\":2') WHERE number = 1") },
        DamagedLab(
            description: "the digest of other data", name: "not those that its id was made of",
            remedy: "taken from its checkpoint"
        ) { try $0.alter("UPDATE runs SET dataset_digest = 'x' WHERE number = 1") },
        DamagedLab(description: "a version that there is not", name: "has version 0", remedy: "put a backup", isRepaired: false) {
            try $0.alter("PRAGMA user_version = 0")
        },
        DamagedLab(
            description: "a pipe in the place of a checkpoint", name: "cannot read", remedy: "a file that you may read",
            isRepaired: false
        ) { program in
            let file = try program.newestCheckpoint()
            try FileManager.default.removeItem(at: file)
            mkfifo(file.path, 0o600)
        },
        DamagedLab(
            description: "a state that there is not", name: "CHECK constraint failed in runs", remedy: "into a new database",
            keepsRuns: false
        ) {
            try $0.alter("PRAGMA ignore_check_constraints = ON; UPDATE runs SET state = 'lost' WHERE number = 1")
        },
    ]
}

/// A leaf of an index without entries (sqlite.org/fileformat.html, §1.6).
private let emptyIndexPage = Data([0x0A, 0, 0, 0, 0, 0x10]) + Data(count: 4090)

extension Program {
    fileprivate var database: URL { lab.appending(path: "pcnlab.sqlite") }

    /// Closed, so that everything is in the one file.
    fileprivate func alter(_ sql: String) throws {
        var configuration = Configuration()
        configuration.foreignKeysEnabled = false
        let queue = try DatabaseQueue(path: database.path, configuration: configuration)
        try queue.writeWithoutTransaction { try $0.execute(sql: sql) }
        try queue.close()
    }

    fileprivate func alterFile(_ change: (inout Data) throws -> Void) throws {
        try alter("PRAGMA wal_checkpoint(TRUNCATE)")
        var bytes = try Data(contentsOf: database)
        try change(&bytes)
        try bytes.write(to: database)
    }

    /// Puts another page in the place of a table's or an index's first one.
    fileprivate func overwriteRoot(of name: String, with contents: Data) throws {
        let queue = try DatabaseQueue(path: database.path)
        let page = try queue.read {
            try Int.fetchOne($0, sql: "SELECT rootpage FROM sqlite_schema WHERE name = ?", arguments: [name]) ?? 0
        }
        try queue.close()
        try alterFile { $0.replaceSubrange((page - 1) * 4096..<page * 4096, with: contents) }
    }

    fileprivate func newestCheckpoint() throws -> URL {
        let queue = try DatabaseQueue(path: database.path)
        let file = try queue.read {
            try String.fetchOne($0, sql: "SELECT file FROM checkpoints ORDER BY run_id, epoch DESC LIMIT 1")
        }
        return lab.appending(path: file ?? "")
    }
}
