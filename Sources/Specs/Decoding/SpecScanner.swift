/// Walks a spec's JSON, takes its parts out and notes every fault on the way.
struct SpecScanner {
    private(set) var faults: [Fault] = []
    /// Settings of the object in hand whose values are not known because of a fault.
    private var doubtful: Set<String> = []
    private let canonical: Bool

    private init(canonical: Bool) {
        self.canonical = canonical
    }

    /// Reads a spec's parts.
    static func scan(_ root: JSONValue) -> (outline: SpecOutline, faults: [Fault]) {
        var scanner = SpecScanner(canonical: false)
        let outline = scanner.outline(root)
        return (outline, scanner.faults)
    }

    /// Reads one run's settings from an object that has nothing else.
    static func settings(_ bytes: [UInt8]) throws(SpecFaults) -> Settings {
        var scanner = SpecScanner(canonical: true)
        let root = try scanner.document(bytes, file: "settings")
        let block = scanner.block(root, at: FieldPath())
        for field in SettingField.all where field.presence == .required && block?.settings[field.key] == nil {
            scanner.note(.missing(field.kind), at: root.position, FieldPath().key(field.key))
        }
        guard let block, scanner.faults.isEmpty else { throw SpecFaults(file: "settings", faults: scanner.faults) }
        return Settings(values: block.settings.compactMapValues(\.value))
    }

    private func document(_ bytes: [UInt8], file: String) throws(SpecFaults) -> JSONValue {
        do {
            return try JSONReader.read(bytes)
        } catch {
            throw SpecFaults(file: file, faults: [Fault(error)])
        }
    }

    private mutating func note(_ problem: Fault.Problem, at position: Position, _ path: FieldPath) {
        if hasEnough { return }
        faults.append(Fault(position: position, field: path, problem: problem))
    }

    /// Whether there are more faults than are shown: the rest of a hostile file's million is not thought about.
    private var hasEnough: Bool { faults.count > SpecFaults.limit }

    private mutating func outline(_ root: JSONValue) -> SpecOutline {
        let path = FieldPath()
        var outline = SpecOutline(base: Block(position: root.position, path: path))
        let known = SpecPart.allCases.map(\.rawValue)
        guard let members = members(of: root, at: path, alsoKnown: known) else { return outline }
        for member in members {
            let here = path.key(member.key)
            if let field = SettingField.named(member.key) {
                outline.base.settings[field.key] = given(field, member, at: here)
            } else if let part = SpecPart(rawValue: member.key) {
                outline.parts[member.key] = member.keyPosition
                switch part {
                case .schema: _ = text(member.value, part, at: here)
                case .name: outline.name = text(member.value, part, at: here) ?? ""
                case .description: outline.description = text(member.value, part, at: here)
                case .sweep: (outline.sweep, outline.sweepDoubtful) = separately { $0.sweep(member.value, at: here) }
                case .include: outline.include = blocks(member.value, part, at: here)
                case .exclude: outline.exclude = blocks(member.value, part, at: here)
                }
            }
        }
        if outline.parts["name"] == nil, !doubtful.contains("name") {
            note(.missing(SpecPart.name.kind), at: root.position, path.key("name"))
        }
        outline.base.doubtful = doubtful
        return outline
    }

    /// Reads an object of its own, whose doubts are not its surroundings'.
    private mutating func separately<Part>(
        _ read: (inout SpecScanner) -> Part
    ) -> (part: Part, doubtful: Set<String>) {
        let outer = doubtful
        doubtful = []
        let part = read(&self)
        defer { doubtful = outer }
        return (part, doubtful)
    }

    /// An object's members with a known key, each once; notes the others. Nil where it is no object.
    private mutating func members(
        of json: JSONValue, at path: FieldPath, alsoKnown: [String] = []
    ) -> [JSONMember]? {
        guard case .object(let members) = json.content else {
            note(.wrongType(found: json.found, .object), at: json.position, path)
            return nil
        }
        var first: [String: JSONMember] = [:]
        var kept: [JSONMember] = []
        for member in members {
            let field = SettingField.named(member.key)
            // λ and lambda are one field: giving both gives it twice.
            let identity = field?.key ?? member.key
            if let earlier = first[identity] {
                note(
                    .repeatedField(first: earlier.keyPosition, firstKey: earlier.key), at: member.keyPosition,
                    path.key(member.key))
                if let field { doubtful.insert(field.key) }
                continue
            }
            first[identity] = member
            if field != nil || alsoKnown.contains(member.key) {
                kept.append(member)
            } else {
                noteUnknown(member, at: path, alsoKnown: alsoKnown)
            }
        }
        return kept
    }

    private mutating func noteUnknown(_ member: JSONMember, at path: FieldPath, alsoKnown: [String]) {
        if hasEnough { return }
        let here = path.key(member.key)
        if SpecPart(rawValue: member.key) != nil {
            return note(.misplacedField(member.key), at: member.keyPosition, here)
        }
        let known = alsoKnown + SettingField.all.map(\.key)
        let suggestion = Suggestion.closest(to: member.key, among: known)
        if let suggestion { doubtful.insert(suggestion) }
        note(.unknownField(suggestion: suggestion, known: known), at: member.keyPosition, here)
    }

    private mutating func given(_ field: SettingField, _ member: JSONMember, at path: FieldPath) -> Given {
        given(field, member.value, keyPosition: member.keyPosition, at: path)
    }

    private mutating func given(
        _ field: SettingField, _ json: JSONValue, keyPosition: Position, at path: FieldPath
    ) -> Given {
        let value = hasEnough ? nil : field.kind.value(of: json, at: path, canonical: canonical, faults: &faults)
        if value == nil { doubtful.insert(field.key) }
        return Given(field: field, value: value, keyPosition: keyPosition, position: json.position, path: path)
    }

    private mutating func text(_ json: JSONValue, _ part: SpecPart, at path: FieldPath) -> String? {
        let value = part.kind.value(of: json, at: path, canonical: canonical, faults: &faults)
        guard case .text(let text)? = value else { return nil }
        return text
    }

    private mutating func block(_ json: JSONValue, at path: FieldPath) -> Block? {
        guard let members = members(of: json, at: path) else { return nil }
        var block = Block(position: json.position, path: path)
        for member in members {
            guard let field = SettingField.named(member.key) else { continue }
            block.settings[field.key] = given(field, member, at: path.key(member.key))
        }
        return block
    }

    private mutating func blocks(_ json: JSONValue, _ part: SpecPart, at path: FieldPath) -> [Block] {
        guard case .array(let elements) = json.content else {
            note(.wrongType(found: json.found, part.kind), at: json.position, path)
            return []
        }
        return elements.enumerated().compactMap { index, element in
            if part == .exclude, element.content == .object([]) {
                note(.excludesEverything, at: element.position, path.index(index))
                return nil
            }
            var (block, doubtful) = separately { $0.block(element, at: path.index(index)) }
            block?.doubtful = doubtful
            return block
        }
    }

    private mutating func sweep(_ json: JSONValue, at path: FieldPath) -> [SweptField] {
        guard let members = members(of: json, at: path) else { return [] }
        return members.compactMap { member -> SweptField? in
            guard let field = SettingField.named(member.key) else { return nil }
            let here = path.key(member.key)
            guard case .array(let elements) = member.value.content else {
                note(.wrongType(found: member.value.found, .values), at: member.value.position, here)
                doubtful.insert(field.key)
                return nil
            }
            if elements.isEmpty {
                note(.emptyList, at: member.value.position, here)
                doubtful.insert(field.key)
            }
            let all = elements.enumerated().map { index, element in
                given(field, element, keyPosition: member.keyPosition, at: here.index(index))
            }
            var seen: Set<SettingValue> = []
            let values = all.filter { $0.value.map { seen.insert($0).inserted } ?? false }
            let unreadable = all.count { $0.value == nil }
            return SweptField(
                field: field, keyPosition: member.keyPosition, path: here, count: values.count + unreadable,
                values: values)
        }
    }
}

extension Fault {
    /// A fault of the JSON itself.
    init(_ fault: JSONFault) {
        let field = fault.path.steps.isEmpty ? FieldPath().key("JSON") : fault.path
        self.init(position: fault.position, field: field, problem: .syntax(fault.problem))
    }
}
