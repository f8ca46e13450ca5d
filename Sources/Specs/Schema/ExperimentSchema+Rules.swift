/// What JSON Schema says about several fields together.
extension ExperimentSchema {
    /// A required setting is given in the base, in the sweep and in every included run, or in the space of the search.
    static var required: [JSONTree] {
        SettingField.all.filter { $0.presence == .required }.map { field in
            let present = JSONTree.object([Member("required", .list([.text(field.key)]))])
            let spread = JSONTree.object([
                Member("required", .list([.text("sweep")])),
                Member(
                    "properties",
                    .object([Member("sweep", present), Member("include", .object([Member("items", present)]))])),
            ])
            return .object([Member("anyOf", .list([present, spread, has("search", has("space", present))]))])
        }
    }

    /// A field given in the base, the sweep or the search needs a run to which it applies.
    static func usedSomewhere(_ field: SettingField) -> [JSONTree] {
        field.applicability.requirements.flatMap { usedSomewhere(field, $0) }
    }

    private static func usedSomewhere(_ field: SettingField, _ group: [Applicability.Condition]) -> [JSONTree] {
        let places = group.flatMap { condition -> [JSONTree] in
            let (key, suits) = (condition.key, suits(condition))
            return [
                condition.holdsByDefault
                    ? .object([Member("properties", .object([Member(key, suits)]))]) : has(key, suits),
                has("sweep", has(key, .object([Member("contains", suits)]))),
                has("search", has("space", has(key, .object([Member("contains", suits)])))),
                has("include", .object([Member("contains", has(key, suits))])),
            ]
        }
        let somewhere = JSONTree.object([Member("anyOf", .list(places))])
        return names(field).map { name in
            let given = JSONTree.object([Member("required", .list([.text(name)]))])
            return .object([
                Member(
                    "if", .object([Member("anyOf", .list([given, has("sweep", given), has("search", has("space", given))]))])),
                Member("then", somewhere),
            ])
        }
    }

    /// A field and its alias are one field.
    static var aliasesOnce: [JSONTree] {
        SettingField.all.filter { !$0.aliases.isEmpty }.map { field in
            .object([Member("not", .object([Member("required", .list(names(field).map(JSONTree.text)))]))])
        }
    }

    /// For each setting that only some runs have: if the object's own values contradict every condition for it, it is not
    /// allowed.
    /// - Parameter absent: a setting that the object does not inherit either, so that its default counts.
    static func exclusions(absent: String? = nil) -> [JSONTree] {
        SettingField.all.flatMap { field in field.applicability.requirements.map { (field, $0) } }.map { field, group in
            let contradictions = group.map { condition in
                let given = has(condition.key, .object([Member("not", suits(condition))]))
                guard condition.key == absent, !condition.holdsByDefault else { return given }
                return .object([Member("anyOf", .list([given, lacks(condition.key)]))])
            }
            return .object([
                Member("if", .object([Member("allOf", .list(contradictions))])),
                Member("then", .object([Member("properties", .object(names(field).map { Member($0, .bool(false)) }))])),
            ])
        }
    }

    /// If neither base nor sweep give a setting whose default contradicts a condition, no object inherits a value for it.
    static var inheriting: [JSONTree] {
        let conditions = SettingField.all.flatMap(\.applicability.requirements).joined()
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
}
