import GRDB

/// What `pcnlab set` changes of runs. What is nil or empty stays as it is.
public struct RunChanges: Sendable, Equatable, CustomStringConvertible {
    public var priority: Int?
    public var addedTags: [String]
    public var removedTags: [String]
    /// An empty note removes the note.
    public var note: String?

    public init(priority: Int? = nil, addedTags: [String] = [], removedTags: [String] = [], note: String? = nil) {
        (self.priority, self.addedTags, self.removedTags, self.note) = (priority, addedTags, removedTags, note)
    }

    public var isEmpty: Bool { self == RunChanges() }

    /// What is wrong with it; nil if nothing is.
    public var fault: String? {
        if (addedTags + removedTags).contains("") { return "a tag is empty" }
        let both = addedTags.first { tag in removedTags.contains { $0.utf8.elementsEqual(tag.utf8) } }
        return both.map { "the tag \($0.debugDescription) is to be added and removed" }
    }

    /// "priority 3, tag +a, tag −b, note"
    public var description: String {
        let tags = addedTags.map { "tag +\($0)" } + removedTags.map { "tag −\($0)" }
        return ([priority.map { "priority \($0)" }] + tags + [note.map { $0.isEmpty ? "no note" : "note" }]).compactMap(\.self)
            .joined(separator: ", ")
    }
}

extension Lab {
    /// Changes what is not part of runs' results, in one transaction. Throws `noSuchRun`.
    public func change(_ changes: RunChanges, runs: [String]) throws {
        try database.write { db in
            for run in runs {
                _ = try state(of: run, db)
                try event(db, run: run, "set", changes.description)
                if let priority = changes.priority {
                    try db.execute(cached: "UPDATE runs SET priority = ? WHERE id = ?", arguments: [priority, run])
                }
                if let note = changes.note {
                    try db.execute(cached: "UPDATE runs SET note = nullif(?, '') WHERE id = ?", arguments: [note, run])
                }
                for tag in changes.removedTags {
                    try db.execute(cached: "DELETE FROM tags WHERE run_id = ? AND tag = ?", arguments: [run, tag])
                }
                for tag in changes.addedTags {
                    try db.execute(cached: "INSERT OR IGNORE INTO tags (run_id, tag) VALUES (?, ?)", arguments: [run, tag])
                }
            }
        }
    }
}
