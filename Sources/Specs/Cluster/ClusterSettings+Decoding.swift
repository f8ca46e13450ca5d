import Foundation

extension ClusterSettings {
    /// Reads `cluster.json`. Throws `SpecDiagnostics` with every fault.
    public static func decode(_ bytes: some Sequence<UInt8>, file: String) throws(SpecDiagnostics) -> ClusterSettings {
        var settings = ClusterSettings()
        let members = try settings.apply(bytes, file: file)
        if let member = members["time"] ?? members["signal_seconds"] {
            try settings.checkTime(file: file, at: member.value.position)
        }
        return settings
    }

    /// Applies changes of the form `key=value`, in order. Throws `SpecDiagnostics`.
    public mutating func apply(_ changes: [String]) throws(SpecDiagnostics) {
        for change in changes { try apply(change) }
        // Judged after all of them: one alone need not fit what the others replace.
        let ofTime = changes.last { change in Self.timeKeys.contains { change.hasPrefix("\($0)=") } }
        if let ofTime { try checkTime(file: "--set \(ofTime)", at: Position(line: 1, column: 1)) }
    }

    private static let timeKeys = ["time", "signal_seconds"]

    /// Refuses a time of which nothing is left before the signal: its jobs would be told to stop as they begin.
    private func checkTime(file: String, at position: Position) throws(SpecDiagnostics) {
        guard let time, time.seconds <= signalSeconds else { return }
        let problem = Diagnostic.Problem.notOfForm(
            found: "\(time.seconds) seconds",
            remedy:
                "a job is told to stop signal_seconds (\(signalSeconds)) before its end; give a longer time, or fewer signal_seconds"
        )
        throw SpecDiagnostics(
            file: file, diagnostics: [Diagnostic(position: position, field: FieldPath().key("time"), problem: problem)])
    }

    /// Applies one change. A list gets one more text, or none with an empty value.
    private mutating func apply(_ change: String) throws(SpecDiagnostics) {
        let parts = change.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        let field = ClusterField.all.first { $0.key == parts[0] }
        let value = parts.count == 2 ? parts[1] : ""
        let json: String
        switch field?.kind {
        case .whole where parts.count == 2 && Int(value) != nil: json = value
        case .texts:
            json =
                value.isEmpty
                ? "[]" : "[" + (current(field).map(JSONTree.quoted) + [JSONTree.quoted(value)]).joined(separator: ", ") + "]"
        default: json = parts.count == 2 ? JSONTree.quoted(value) : "null"
        }
        try apply(Array("{\(JSONTree.quoted(parts[0])): \(json)}".utf8), file: "--set \(change)")
    }

    private func current(_ field: ClusterField?) -> [String] {
        if case .texts(let texts)? = field?.read(self) { return texts }
        return []
    }

    /// - Returns: the members that were read, by name.
    @discardableResult
    private mutating func apply(_ bytes: some Sequence<UInt8>, file: String) throws(SpecDiagnostics) -> [String: JSONMember] {
        let root: JSONValue
        do {
            root = try JSONReader.read(bytes)
        } catch {
            throw SpecDiagnostics(file: file, diagnostics: [Diagnostic(error)])
        }
        var diagnostics: [Diagnostic] = []
        func report(_ problem: Diagnostic.Problem, _ position: Position, _ path: FieldPath) {
            diagnostics.append(Diagnostic(position: position, field: path, problem: problem))
        }
        guard case .object(let members) = root.content else {
            throw SpecDiagnostics(
                file: file,
                diagnostics: [
                    Diagnostic(position: root.position, field: FieldPath(), problem: .wrongType(found: root.found, .object))
                ])
        }
        var first: [String: JSONMember] = [:]
        for member in members {
            let path = FieldPath().key(member.key)
            if let earlier = first.updateValue(member, forKey: member.key) {
                report(.repeatedField(first: earlier.keyPosition, firstKey: earlier.key), member.keyPosition, path)
            } else if let field = ClusterField.all.first(where: { $0.key == member.key }) {
                if let value = field.value(of: member.value, at: path, &diagnostics) { field.write(&self, value) }
            } else if member.key != Self.schemaKey {
                let known = ClusterField.all.map(\.key)
                report(
                    .unknownField(suggestion: Suggestion.closest(to: member.key, among: known), known: known), member.keyPosition,
                    path)
            }
        }
        if !diagnostics.isEmpty { throw SpecDiagnostics(file: file, diagnostics: diagnostics) }
        return first
    }

    /// For editors, as in specs.
    static let schemaKey = "$schema"
}

extension ClusterField {
    /// Reads the value; returns nil and appends a diagnostic if it cannot be read.
    fileprivate func value(of json: JSONValue, at path: FieldPath, _ diagnostics: inout [Diagnostic]) -> Value? {
        func fail(_ remedy: String, _ found: JSONValue? = nil, at place: FieldPath? = nil) -> Value? {
            let found = found ?? json
            let problem = Diagnostic.Problem.notOfForm(found: found.found, remedy: remedy)
            diagnostics.append(Diagnostic(position: found.position, field: place ?? path, problem: problem))
            return nil
        }
        func read(_ kind: ValueKind) -> SettingValue? {
            kind.value(of: json, at: path, canonical: false, diagnostics: &diagnostics)
        }
        switch kind {
        case .whole(let range):
            guard case .whole(let whole)? = read(.whole(range)) else { return nil }
            return .whole(whole)
        case .choice(let names):
            guard case .text(let text)? = read(.choice(names)) else { return nil }
            return .text(text)
        case .word:
            let isUnfit = { (scalar: Unicode.Scalar) in scalar.properties.isWhitespace || scalar.isTerminalControl }
            guard case .string(let text) = json.content, !text.isEmpty, !text.unicodeScalars.contains(where: isUnfit) else {
                return fail("expected text in double quotes, without spaces")
            }
            return .text(text)
        case .text:
            guard case .string(let text) = json.content, !text.isEmpty, !text.unicodeScalars.contains(where: \.isTerminalControl)
            else { return fail("expected text in double quotes") }
            return .text(text)
        case .time:
            // Minutes may be a number.
            if case .number(let number) = json.content, let time = JobTime(number.text) { return .time(time) }
            guard case .string(let text) = json.content, let time = JobTime(text) else {
                return fail("expected " + JobTime.phrase)
            }
            return .time(time)
        case .texts:
            guard case .array(let elements) = json.content else { return fail("expected a list of texts") }
            var texts: [String] = []
            for (index, element) in elements.enumerated() {
                guard case .string(let text) = element.content, !text.contains("\0") else {
                    _ = fail("expected text in double quotes", element, at: path.index(index))
                    continue
                }
                if key == "extra", let refusal = Self.refusal(ofExtra: text) {
                    _ = fail(refusal, element, at: path.index(index))
                    continue
                }
                texts.append(text)
            }
            return texts.count == elements.count ? .texts(texts) : nil
        }
    }
}
