import Lab

/// The body of `PATCH /runs`: the same changes of several runs, all or none.
package struct ChangesOfRuns: Codable, Sendable {
    package let ids: [String]
    private let priority: Int?
    private let addTags: [String]?
    private let removeTags: [String]?
    private let note: String?

    package init(ids: [String], _ changes: RunChanges) {
        (self.ids, priority, note) = (ids, changes.priority, changes.note)
        (addTags, removeTags) = (changes.addedTags, changes.removedTags)
    }

    private enum CodingKeys: String, CodingKey {
        case ids, priority, note
        case addTags = "add_tags"
        case removeTags = "remove_tags"
    }

    package var changes: RunChanges {
        RunChanges(priority: priority, addedTags: addTags ?? [], removedTags: removeTags ?? [], note: note)
    }
}

extension RunChanges {
    /// The same changes. Throws a failure if they contradict each other, or a tag is empty.
    package func checked() throws -> RunChanges {
        if let fault { throw Failure(fault, status: .usage) }
        return self
    }
}

/// The answer of `PATCH /runs`.
package struct ChangedRuns: Codable, Sendable {
    /// The number of runs that were changed.
    package let changed: Int

    package init(changed: Int) { self.changed = changed }
}
