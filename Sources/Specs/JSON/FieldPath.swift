/// The path from a document's root to a value, written `sweep.d[2]`.
struct FieldPath: Hashable, Sendable {
    /// One step down: into an object by key, into a list by index.
    enum Step: Hashable, Sendable {
        /// The value under a key.
        case key(String)
        /// The element at an index, from 0.
        case index(Int)
    }

    /// The steps, outermost first; none is the root itself.
    var steps: [Step]

    /// A path of the given steps.
    init(_ steps: [Step] = []) {
        self.steps = steps
    }

    /// This path, one key further down.
    func key(_ key: String) -> FieldPath {
        FieldPath(steps + [.key(key)])
    }

    /// This path, one list element further down.
    func index(_ index: Int) -> FieldPath {
        FieldPath(steps + [.index(index)])
    }

    /// The path as text; the root is empty.
    var text: String {
        var text = ""
        for step in steps {
            switch step {
            case .key(let key):
                if !text.isEmpty { text += "." }
                text += key.isEmpty ? "\"\"" : Echo.escaped(key)
            case .index(let index):
                text += "[\(index)]"
            }
        }
        return text
    }
}
