/// JSON Schema 2020-12 of a spec, made from the same descriptions that the decoder reads.
///
/// It says all that JSON Schema can say. Repeated keys, limits that depend on the data set, what a sweep and its
/// exclusions leave over and the number of runs are the decoder's alone.
public enum ExperimentSchema {
    private typealias Member = JSONTree.Member

    /// The schema's text, as it is committed beside the experiments.
    public static var text: String {
        document.pretty() + "\n"
    }

    private static var document: JSONTree {
        .object([
            Member("$schema", .text("https://json-schema.org/draft/2020-12/schema")),
            Member("title", .text("pcnlab experiment")),
            Member(
                "description",
                .text("Settings of a run, and how they vary: made from the program's own descriptions, do not edit")),
            Member("type", .text("object")),
            Member("properties", .object(SpecPart.allCases.map { Member($0.rawValue, schema(of: $0)) } + settings)),
            Member("additionalProperties", .bool(false)),
            Member("required", .list([.text(SpecPart.name.rawValue)])),
            Member("allOf", .list(required + SettingField.all.flatMap(usedSomewhere) + inheriting + aliasesOnce)),
            Member("$defs", .object(SettingField.all.map { Member($0.key, schema(of: $0)) } + [Member("run", run)])),
        ])
    }

    // MARK: Parts

    private static func schema(of part: SpecPart) -> JSONTree {
        let summary = Member("description", .text(part.summary))
        switch part {
        case .schema, .description:
            return .object([summary, Member("type", .text("string"))])
        case .name:
            let unfit = [
                JSONTree.object([Member("pattern", .text(ExperimentName.forbiddenPattern))]),
                .object([Member("enum", .list(ExperimentName.reserved.map(JSONTree.text)))]),
            ]
            return .object([
                summary, Member("type", .text("string")), Member("minLength", .whole(1)),
                Member("maxLength", .whole(ExperimentName.lengthLimit)),
                Member("not", .object([Member("anyOf", .list(unfit))])),
            ])
        case .sweep:
            let lists = SettingField.all.flatMap { field in
                names(field).map { name in
                    Member(
                        name,
                        .object([
                            Member("type", .text("array")), Member("minItems", .whole(1)),
                            Member("items", reference(field.key)),
                        ]))
                }
            }
            return .object([
                summary, Member("type", .text("object")), Member("properties", .object(lists)),
                Member("additionalProperties", .bool(false)), Member("allOf", .list(aliasesOnce)),
            ])
        case .include:
            return .object([summary, Member("type", .text("array")), Member("items", reference("run"))])
        case .exclude:
            let nonEmpty = JSONTree.object([Member("$ref", .text("#/$defs/run")), Member("minProperties", .whole(1))])
            return .object([summary, Member("type", .text("array")), Member("items", nonEmpty)])
        }
    }

    /// An object of settings without those that its own settings exclude.
    private static var run: JSONTree {
        .object([
            Member("type", .text("object")), Member("properties", .object(settings)),
            Member("additionalProperties", .bool(false)), Member("allOf", .list(exclusions() + aliasesOnce)),
        ])
    }

    /// For every setting that not all runs have: where an object's own values deny each condition for it, it may not be there.
    /// - Parameter absent: a setting that the object does not inherit either, so that its default denies.
    private static func exclusions(absent: String? = nil) -> [JSONTree] {
        SettingField.all.filter { $0.applicability != .everywhere }.map { field in
            let denials = field.applicability.alternatives.map { condition in
                let given = has(condition.key, .object([Member("not", suits(condition))]))
                guard condition.key == absent else { return given }
                return .object([Member("anyOf", .list([given, lacks(condition.key)]))])
            }
            return .object([
                Member("if", .object([Member("allOf", .list(denials))])),
                Member("then", .object([Member("properties", .object(names(field).map { Member($0, .bool(false)) }))])),
            ])
        }
    }

    /// A setting whose default denies a condition, and which neither base nor sweep give, is one that no object inherits.
    private static var inheriting: [JSONTree] {
        let conditions = SettingField.all.flatMap(\.applicability.alternatives)
        let keys = SettingField.all.map(\.key).filter { key in
            conditions.contains { $0.key == key && !$0.holdsByDefault && $0.field?.presence == .defaulted }
        }
        return keys.map { key in
            let given = JSONTree.object([Member("required", .list([.text(key)]))])
            let objects = JSONTree.object([Member("items", .object([Member("allOf", .list(exclusions(absent: key)))]))])
            let parts = [SpecPart.include, .exclude].map { Member($0.rawValue, objects) }
            return .object([
                Member("if", .object([Member("not", .object([Member("anyOf", .list([given, has("sweep", given)]))]))])),
                Member("then", .object([Member("properties", .object(parts))])),
            ])
        }
    }

    // MARK: Settings

    private static var settings: [Member] {
        SettingField.all.flatMap { field in names(field).map { Member($0, reference(field.key)) } }
    }

    private static func schema(of field: SettingField) -> JSONTree {
        var members = [Member("description", .text(field.summary + note(on: field)))] + constraints(field.kind)
        if let standard = field.standard { members.append(Member("default", standard.json)) }
        return .object(members)
    }

    private static func note(on field: SettingField) -> String {
        field.applicability == .everywhere ? "" : "; only where \(field.applicability.phrase)"
    }

    private static func constraints(_ kind: ValueKind) -> [Member] {
        switch kind {
        case .whole(let range):
            [
                Member("type", .text("integer")), Member("minimum", .literal(range.lowerBound)),
                Member("maximum", .literal(range.upperBound)),
            ]
        case .real(let range):
            [
                Member("type", .text("number")), Member("minimum", .real(range.lowerBound)),
                Member("maximum", .real(range.upperBound)),
            ]
        case .choice(let names):
            [Member("enum", .list(names.map(JSONTree.text)))]
        case .wholes(let each, let count):
            [
                Member("type", .text("array")), Member("minItems", .whole(count.lowerBound)),
                Member("maxItems", .whole(count.upperBound)), Member("items", .object(constraints(.whole(each)))),
            ]
        case .text, .name, .object, .objects, .values:
            preconditionFailure("no setting is of kind \(kind)")
        }
    }

    private static func names(_ field: SettingField) -> [String] {
        [field.key] + field.aliases
    }

    // MARK: Rules over several fields

    /// A required setting stands in the base, or in the sweep and in every included run.
    private static var required: [JSONTree] {
        SettingField.all.filter { $0.presence == .required }.map { field in
            let present = JSONTree.object([Member("required", .list([.text(field.key)]))])
            let spread = JSONTree.object([
                Member("required", .list([.text("sweep")])),
                Member(
                    "properties",
                    .object([Member("sweep", present), Member("include", .object([Member("items", present)]))])),
            ])
            return .object([Member("anyOf", .list([present, spread]))])
        }
    }

    /// A field given in the base or the sweep needs a run that has it.
    private static func usedSomewhere(_ field: SettingField) -> [JSONTree] {
        if field.applicability == .everywhere { return [] }
        let places = field.applicability.alternatives.flatMap { condition -> [JSONTree] in
            let (key, suits) = (condition.key, suits(condition))
            return [
                condition.holdsByDefault
                    ? .object([Member("properties", .object([Member(key, suits)]))]) : has(key, suits),
                has("sweep", has(key, .object([Member("contains", suits)]))),
                has("include", .object([Member("contains", has(key, suits))])),
            ]
        }
        let somewhere = JSONTree.object([Member("anyOf", .list(places))])
        return names(field).map { name in
            let given = JSONTree.object([Member("required", .list([.text(name)]))])
            return .object([
                Member("if", .object([Member("anyOf", .list([given, has("sweep", given)]))])), Member("then", somewhere),
            ])
        }
    }

    /// A field and its alias are one field.
    private static var aliasesOnce: [JSONTree] {
        SettingField.all.filter { !$0.aliases.isEmpty }.map { field in
            .object([Member("not", .object([Member("required", .list(names(field).map(JSONTree.text)))]))])
        }
    }

    private static func has(_ key: String, _ schema: JSONTree) -> JSONTree {
        .object([Member("required", .list([.text(key)])), Member("properties", .object([Member(key, schema)]))])
    }

    private static func lacks(_ key: String) -> JSONTree {
        .object([Member("not", .object([Member("required", .list([.text(key)]))]))])
    }

    private static func suits(_ condition: Applicability.Condition) -> JSONTree {
        .object([Member("enum", .list(condition.values.map(JSONTree.text)))])
    }

    private static func reference(_ definition: String) -> JSONTree {
        .object([Member("$ref", .text("#/$defs/\(definition)"))])
    }
}
