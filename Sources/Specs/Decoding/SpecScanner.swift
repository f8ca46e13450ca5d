/// Reads the parts of a spec from its JSON, and collects a diagnostic for each error.
struct SpecScanner {
    var diagnostics: [Diagnostic] = []
    /// Settings of the object being read whose values an error leaves unknown.
    private var unknown: Set<String> = []
    private let canonical: Bool
    private var ownData: OwnDataLookup

    private init(canonical: Bool, ownData: OwnDataLookup) {
        self.canonical = canonical
        self.ownData = ownData
    }

    /// Reads a spec's parts.
    static func scan(
        _ root: JSONValue, ownData: OwnDataLookup = .none
    ) -> (outline: SpecOutline, diagnostics: [Diagnostic]) {
        var scanner = SpecScanner(canonical: false, ownData: ownData)
        let outline = scanner.outline(root)
        return (outline, scanner.diagnostics)
    }

    /// Reads the settings of one run from an object that contains nothing else.
    static func settings(_ bytes: [UInt8]) throws(SpecDiagnostics) -> Settings {
        var scanner = SpecScanner(canonical: true, ownData: .none)
        let root = try scanner.document(bytes, file: "settings")
        if case .object(let members) = root.content, let shape = members.first(where: { $0.key == Settings.shapeKey })?.value {
            scanner.ownData = OwnDataLookup(shape: shape)
        }
        let object = scanner.object(root, at: FieldPath())
        for field in SettingField.all where field.presence == .required && object?.settings[field.key] == nil {
            scanner.report(.missing(field.kind), at: root.position, FieldPath().key(field.key))
        }
        guard let object, scanner.diagnostics.isEmpty else {
            throw SpecDiagnostics(file: "settings", diagnostics: scanner.diagnostics)
        }
        let settings = Settings(values: object.settings.compactMapValues(\.value))
        for given in object.settings.values {
            guard let value = given.value, let problem = settings.fault(of: value, for: given.field) else { continue }
            scanner.report(problem, at: given.position, given.path)
        }
        for fault in settings.faults {
            guard let given = object.settings[fault.key] else { continue }
            scanner.report(fault.problem, at: given.position, fault.member.map(given.path.key) ?? given.path)
        }
        guard scanner.diagnostics.isEmpty else {
            throw SpecDiagnostics(file: "settings", diagnostics: scanner.diagnostics)
        }
        return settings
    }

    private func document(_ bytes: [UInt8], file: String) throws(SpecDiagnostics) -> JSONValue {
        do {
            return try JSONReader.read(bytes)
        } catch {
            throw SpecDiagnostics(file: file, diagnostics: [Diagnostic(error)])
        }
    }

    mutating func report(_ problem: Diagnostic.Problem, at position: Position, _ path: FieldPath) {
        if hasEnough { return }
        diagnostics.append(Diagnostic(position: position, field: path, problem: problem))
    }

    /// Whether there are more diagnostics than are shown. The others, of which a hostile file may have a million, are not computed.
    private var hasEnough: Bool { diagnostics.count > SpecDiagnostics.limit }

    private mutating func outline(_ root: JSONValue) -> SpecOutline {
        let path = FieldPath()
        var outline = SpecOutline(base: SettingsObject(position: root.position, path: path))
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
                case .sweep: (outline.sweep, outline.sweepUnknown) = separately { $0.sweep(member.value, at: here) }
                case .include: outline.include = objects(member.value, part, at: here)
                case .exclude: outline.exclude = objects(member.value, part, at: here)
                case .search: outline.search = separately { $0.search(member.value, at: here) }.part
                }
            }
        }
        if outline.parts["name"] == nil, !unknown.contains("name") {
            report(.missing(SpecPart.name.kind), at: root.position, path.key("name"))
        }
        outline.base.unknown = unknown
        return outline
    }

    /// Reads a nested object, whose unknown settings are kept apart from those of the object around it.
    private mutating func separately<Part>(
        _ read: (inout SpecScanner) -> Part
    ) -> (part: Part, unknown: Set<String>) {
        let outer = unknown
        unknown = []
        let part = read(&self)
        defer { unknown = outer }
        return (part, unknown)
    }

    /// The members of an object that have a known key, each once; reports the others. Nil if it is not an object.
    mutating func members(
        of json: JSONValue, at path: FieldPath, alsoKnown: [String] = []
    ) -> [JSONMember]? {
        guard case .object(let members) = json.content else {
            report(.wrongType(found: json.found, .object), at: json.position, path)
            return nil
        }
        let alsoKnown = canonical ? alsoKnown + [Settings.shapeKey] : alsoKnown
        var first: [String: JSONMember] = [:]
        var kept: [JSONMember] = []
        for member in members {
            let field = SettingField.named(member.key)
            // λ and lambda are the same field.
            let identity = field?.key ?? member.key
            if let earlier = first[identity] {
                report(
                    .repeatedField(first: earlier.keyPosition, firstKey: earlier.key), at: member.keyPosition,
                    path.key(member.key))
                if let field { unknown.insert(field.key) }
                continue
            }
            first[identity] = member
            if field != nil || alsoKnown.contains(member.key) {
                kept.append(member)
            } else {
                reportUnknown(member, at: path, alsoKnown: alsoKnown)
            }
        }
        return kept
    }

    private mutating func reportUnknown(_ member: JSONMember, at path: FieldPath, alsoKnown: [String]) {
        if hasEnough { return }
        let here = path.key(member.key)
        if SpecPart(rawValue: member.key) != nil {
            return report(.misplacedField(member.key), at: member.keyPosition, here)
        }
        let known = alsoKnown + SettingField.all.map(\.key)
        let suggestion = Suggestion.closest(to: member.key, among: known)
        if let suggestion { unknown.insert(suggestion) }
        report(.unknownField(suggestion: suggestion, known: known), at: member.keyPosition, here)
    }

    private mutating func given(_ field: SettingField, _ member: JSONMember, at path: FieldPath) -> SourcedValue {
        given(field, member.value, keyPosition: member.keyPosition, at: path)
    }

    mutating func given(
        _ field: SettingField, _ json: JSONValue, keyPosition: Position, at path: FieldPath
    ) -> SourcedValue {
        let value =
            hasEnough
            ? nil
            : field.kind.value(
                of: json, at: path, ownData: ownData, canonical: canonical, diagnostics: &diagnostics)
        if value == nil { unknown.insert(field.key) }
        return SourcedValue(field: field, value: value, keyPosition: keyPosition, position: json.position, path: path)
    }

    /// A value of a part that is no setting; nil, and a diagnostic, where it cannot be read.
    mutating func read(_ json: JSONValue, _ kind: ValueKind, at path: FieldPath) -> SettingValue? {
        kind.value(of: json, at: path, canonical: canonical, diagnostics: &diagnostics)
    }

    private mutating func text(_ json: JSONValue, _ part: SpecPart, at path: FieldPath) -> String? {
        let value = read(json, part.kind, at: path)
        guard case .text(let text)? = value else { return nil }
        return text
    }

    private mutating func object(_ json: JSONValue, at path: FieldPath) -> SettingsObject? {
        guard let members = members(of: json, at: path) else { return nil }
        var object = SettingsObject(position: json.position, path: path)
        for member in members {
            guard let field = SettingField.named(member.key) else { continue }
            object.settings[field.key] = given(field, member, at: path.key(member.key))
        }
        return object
    }

    private mutating func objects(_ json: JSONValue, _ part: SpecPart, at path: FieldPath) -> [SettingsObject] {
        guard case .array(let elements) = json.content else {
            report(.wrongType(found: json.found, part.kind), at: json.position, path)
            return []
        }
        return elements.enumerated().compactMap { index, element in
            if part == .exclude, element.content == .object([]) {
                report(.excludesEverything, at: element.position, path.index(index))
                return nil
            }
            var (object, unknown) = separately { $0.object(element, at: path.index(index)) }
            object?.unknown = unknown
            return object
        }
    }

    private mutating func sweep(_ json: JSONValue, at path: FieldPath) -> [SweptField] {
        guard let members = members(of: json, at: path) else { return [] }
        return members.compactMap { member -> SweptField? in
            guard let field = SettingField.named(member.key) else { return nil }
            let here = path.key(member.key)
            guard case .array(let elements) = member.value.content else {
                report(.wrongType(found: member.value.found, .values), at: member.value.position, here)
                unknown.insert(field.key)
                return nil
            }
            if elements.isEmpty {
                report(.emptyList, at: member.value.position, here)
                unknown.insert(field.key)
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

extension OwnDataLookup {
    /// Describes own data by the shape that canonical settings hold.
    fileprivate init(shape: JSONValue) {
        var sizes: [Int] = []
        if case .array(let elements) = shape.content {
            for element in elements {
                if case .number(let number) = element.content, let size = number.int { sizes.append(size) }
            }
        }
        let known = sizes
        self.init { folder in
            guard let own = DatasetName(folder: folder, shape: known) else {
                return .failure(Fault("dataset_shape is no shape of own data", isMissing: false))
            }
            return .success(own)
        }
    }
}

extension Diagnostic {
    /// A diagnostic for text that is not JSON.
    init(_ error: JSONError) {
        let field = error.path.steps.isEmpty ? FieldPath().key("JSON") : error.path
        self.init(position: error.position, field: field, problem: .syntax(error.problem))
    }
}
