import Foundation
import GRDB

/// Copies what can be read of a damaged database into a new one.
///
/// Every table is read from its start to the first unreadable page, then from its end back to that page. Indices are not used; they
/// are built again.
struct Salvage {
    /// A table, its columns, and its key, in whose order it is read forward and backward.
    private struct Table {
        let name: String
        let columns: [String]
        let key: [String]
    }

    private let source: Database
    private let target: Database

    /// Rows that could be read but violate a constraint of the schema.
    private var refused = 0

    private init(_ source: Database, _ target: Database) { (self.source, self.target) = (source, target) }

    /// Copies all readable rows into an empty database with the schema. Returns how many rows were copied and how many refused.
    static func copy(_ source: Database, into target: Database) throws -> (copied: Int, refused: Int) {
        var salvage = Salvage(source, target)
        var copied = 0
        for table in try salvage.tables() { copied += try salvage.copy(table) }
        return (copied, salvage.refused)
    }

    private func tables() throws -> [Table] {
        let names = try String.fetchAll(
            target, sql: "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY rowid")
        return try names.map { name in
            let key = try target.primaryKey(name)
            return Table(
                name: name, columns: try target.columns(in: name).map(\.name), key: key.isRowID ? ["rowid"] : key.columns)
        }
    }

    private mutating func copy(_ table: Table) throws -> Int {
        let list = table.columns.joined(separator: ", ")
        let marks = table.columns.map { _ in "?" }.joined(separator: ", ")
        let insert = "INSERT INTO " + table.name + " (" + list + ") VALUES (" + marks + ")"
        var copied = 0
        for direction in ["", " DESC"] {
            let order = table.key.map { $0 + direction }.joined(separator: ", ")
            let select = "SELECT " + list + " FROM " + table.name + " NOT INDEXED ORDER BY " + order
            do {
                let rows = try Row.fetchCursor(source, sql: select)
                while let row = try rows.next() {
                    let values = Array(row.databaseValues)
                    switch try write(values, insert) {
                    case .written: copied += 1
                    case .isThere: if !direction.isEmpty { return copied }
                    case .refused:
                        if table.name == "runs", try write(paused(values, table), insert) == .written {
                            copied += 1
                        } else {
                            refused += 1
                        }
                    }
                }
                return copied
            } catch is DatabaseError {
                // The file cannot be read beyond this page. It may be readable from the other end.
                continue
            }
        }
        return copied
    }

    private enum Written { case written, isThere, refused }

    private func write(_ values: [DatabaseValue], _ insert: String) throws -> Written {
        do {
            // A failed statement must not be used again. The cache discards it.
            try target.execute(cached: insert, arguments: StatementArguments(values))
            return .written
        } catch let error as DatabaseError {
            switch error.extendedResultCode {
            case .SQLITE_CONSTRAINT_PRIMARYKEY, .SQLITE_CONSTRAINT_UNIQUE, .SQLITE_CONSTRAINT_ROWID: return .isThere
            default:
                if error.resultCode == .SQLITE_CONSTRAINT { return .refused }
                // The error is of the new database: a full disk, for example.
                throw LabError(database: error, file: "the new database") ?? error
            }
        }
    }

    /// A run whose row violates a constraint is kept, paused until a person has looked at it.
    private func paused(_ run: [DatabaseValue], _ runs: Table) -> [DatabaseValue] {
        zip(runs.columns, run).map { column, value in
            switch column {
            case "state": RunState.paused.databaseValue
            case "error": "its row was damaged; `pcnlab resume` has it go on".databaseValue
            case "request", "final_train_accuracy", "final_test_accuracy", "final_validation_accuracy", "weights_sha256": .null
            default: value
            }
        }
    }
}
