extension ValueKind {
    /// Reads a setting's value; returns nil and appends a diagnostic if it cannot be read.
    ///
    /// - Parameters:
    ///   - ownData: finds a folder of own data.
    ///   - canonical: whether a whole number beyond 2⁵³ − 1 may be written as a string, as canonical settings write it.
    func value(
        of json: JSONValue, at path: FieldPath, ownData: OwnDataLookup = .none, canonical: Bool, diagnostics: inout [Diagnostic]
    ) -> SettingValue? {
        func fail(_ problem: Diagnostic.Problem) -> SettingValue? {
            diagnostics.append(Diagnostic(position: json.position, field: path, problem: problem))
            return nil
        }
        switch (self, json.content) {
        case (.whole(let range), .number(let number)):
            guard number.isWhole else { return fail(.wrongType(found: json.found, self)) }
            guard let int = number.int, range.contains(int) else { return fail(.outOfRange(found: json.found, self)) }
            return .whole(int)
        case (.whole(let range), .string(let text)) where canonical:
            guard let int = Int(text), int.magnitude > JSONTree.exactLimit, range.contains(int) else {
                return fail(.wrongType(found: json.found, self))
            }
            return .whole(int)
        case (.real(let range), .number(let number)):
            guard range.contains(number.double) else { return fail(.outOfRange(found: json.found, self)) }
            return .real(number.double)
        case (.realOrReals(let range, _), .number):
            return ValueKind.real(range).value(of: json, at: path, canonical: canonical, diagnostics: &diagnostics)
        case (.realOrReals(let range, let count), .array(let elements)):
            guard count.contains(elements.count) else {
                return fail(.outOfRange(found: "a list of \(elements.count)", self))
            }
            let values = elements.enumerated().map { index, element in
                ValueKind.real(range).value(of: element, at: path.index(index), canonical: canonical, diagnostics: &diagnostics)
            }
            let reals = values.compactMap { $0.flatMap { Double($0) } }
            return reals.count == values.count ? .reals(reals) : nil
        case (.choice(let names), .string(let text)):
            if names.contains(text) { return .text(text) }
            return fail(.unknownChoice(found: text, suggestion: Suggestion.closest(to: text, among: names), self))
        case (.choiceOrPath(let names), .string(let text)):
            if names.contains(text) { return .text(text) }
            guard let folder = DatasetName.folder(ofName: text) else {
                return fail(.unknownChoice(found: text, suggestion: Suggestion.closest(to: text, among: names), self))
            }
            if folder.isEmpty || folder.unicodeScalars.contains(where: \.isTerminalControl) {
                return fail(.outOfRange(found: json.found, self))
            }
            switch ownData.find(folder) {
            case .success(let dataset): return .own(dataset)
            case .failure(let fault): return fail(.ownData(fault))
            }
        case (.wholes(let each, let count), .array(let elements)):
            guard count.contains(elements.count) else {
                return fail(.outOfRange(found: "a list of \(elements.count)", self))
            }
            let wholes = elements.enumerated().map { index, element in
                ValueKind.whole(each).value(of: element, at: path.index(index), canonical: canonical, diagnostics: &diagnostics)
            }
            let ints = wholes.compactMap { $0.flatMap { Int($0) } }
            return ints.count == wholes.count ? .wholes(ints) : nil
        case (.choices(let names), .array(let elements)):
            let texts = elements.enumerated().map { index, element in
                ValueKind.choice(names).value(of: element, at: path.index(index), canonical: canonical, diagnostics: &diagnostics)
            }
            let given = texts.compactMap { $0.flatMap { if case .text(let text) = $0 { text } else { nil } } }
            guard given.count == texts.count else { return nil }
            guard Set(given).count == given.count else {
                return fail(.outOfRange(found: "a list with the same name twice", self))
            }
            // The order does not matter.
            return .texts(names.filter(given.contains))
        case (.record(let members, let rules), .object(let given)):
            return record(members, rules, given, at: path, json.position, canonical: canonical, diagnostics: &diagnostics)
        case (.text, .string(let text)):
            return .text(text)
        case (.name, .string(let text)):
            return ExperimentName.isSuitable(text) ? .text(text) : fail(.outOfRange(found: json.found, self))
        case (.whole, _), (.real, _), (.realOrReals, _), (.choice, _), (.choiceOrPath, _), (.choices, _), (.wholes, _),
            (.record, _),
            (.text, _), (.name, _),
            (.object, _),
            (.objects, _),
            (.values, _):
            return fail(.wrongType(found: json.found, self))
        }
    }
}

extension ValueKind {
    /// Reads an object's members; nil, and a diagnostic for each problem, where they cannot be read.
    private func record(
        _ members: [RecordMember], _ rules: [String], _ given: [JSONMember], at path: FieldPath, _ position: Position,
        canonical: Bool, diagnostics: inout [Diagnostic]
    ) -> SettingValue? {
        let before = diagnostics.count, known = members.map(\.key)
        var entries: [String: SettingValue] = [:], places: [String: JSONMember] = [:]
        func fail(_ problem: Diagnostic.Problem, _ position: Position, _ path: FieldPath) {
            diagnostics.append(Diagnostic(position: position, field: path, problem: problem))
        }
        for member in given {
            let here = path.key(member.key)
            if let first = places[member.key] {
                fail(.repeatedField(first: first.keyPosition, firstKey: first.key), member.keyPosition, here)
            } else if let kind = members.first(where: { $0.key == member.key })?.kind {
                entries[member.key] = kind.value(of: member.value, at: here, canonical: canonical, diagnostics: &diagnostics)
            } else {
                let suggestion = Suggestion.closest(to: member.key, among: known)
                fail(.unknownField(suggestion: suggestion, known: known), member.keyPosition, here)
            }
            places[member.key] = member
        }
        for member in members where member.isRequired && places[member.key] == nil {
            fail(.missing(member.kind), position, path.key(member.key))
        }
        let found = rules.filter { places[$0] != nil }
        if found.count != 1 {
            let names = rules.map { "\"\($0)\"" }.joined(separator: ", ")
            fail(
                .notOfForm(
                    found: found.isEmpty ? "none of \(names)" : found.map { "\"\($0)\"" }.joined(separator: " and "),
                    remedy: "expected exactly one of \(names)"), position, path)
        }
        return diagnostics.count == before ? .record(entries) : nil
    }
}

extension JSONValue {
    /// The value in words, for a message.
    var found: String {
        switch content {
        case .null: "null"
        case .bool(let bool): bool ? "true" : "false"
        case .number(let number): Echo.escaped(number.text, limit: 30)
        case .string(let text): Echo.quoted(text)
        case .array: "a list"
        case .object: "an object"
        }
    }
}
