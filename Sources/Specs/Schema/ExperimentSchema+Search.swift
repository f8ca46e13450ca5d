/// The schema of a spec's `search`.
extension ExperimentSchema {
    static func search(_ summary: Member) -> JSONTree {
        let searched = SettingField.all.filter { Search.reasonAgainst($0.key) == nil }.flatMap { field in
            names(field).map { Member($0, values(of: field)) }
        }
        let halving = JSONTree.object([
            Member("type", .text("object")),
            Member(
                "properties",
                .object([
                    Member("rungs", .object(constraints(Halving.rungsKind))),
                    Member("keep", .object(constraints(Halving.keepKind))),
                    Member("by", .object(constraints(Halving.byKind))),
                ])), Member("additionalProperties", .bool(false)), Member("required", .list([.text("rungs")])),
        ])
        let space = JSONTree.object([
            Member("type", .text("object")), Member("properties", .object(searched)),
            Member("additionalProperties", .bool(false)),
            Member("minProperties", .whole(1)), Member("allOf", .list(aliasesOnce)),
        ])
        return .object([
            summary, Member("type", .text("object")),
            Member(
                "properties",
                .object([
                    Member("trials", .object(constraints(Search.trialsKind))),
                    Member("seed", .object(constraints(Search.seedKind))), Member("space", space), Member("halving", halving),
                    Member("most_parameters", .object(constraints(Search.parametersKind))),
                ])), Member("additionalProperties", .bool(false)), Member("required", .list([.text("trials"), .text("space")])),
        ])
    }

    /// A list of values, or for a number a range.
    static func values(of field: SettingField) -> JSONTree {
        let list = JSONTree.object([
            Member("type", .text("array")), Member("minItems", .whole(1)), Member("uniqueItems", .bool(true)),
            Member("items", reference(field.key)),
        ])
        guard field.kind.isNumber else { return list }
        let range = JSONTree.object([
            Member("type", .text("object")),
            Member(
                "properties",
                .object([
                    Member("from", reference(field.key)), Member("to", reference(field.key)),
                    Member("scale", .object(constraints(SearchDimension.scaleKind))),
                ])), Member("additionalProperties", .bool(false)), Member("required", .list([.text("from"), .text("to")])),
        ])
        return .object([Member("anyOf", .list([list, range]))])
    }

    /// A search is in place of a sweep, and needs images to select by.
    static var searching: JSONTree {
        let absent = [SpecPart.sweep, .include, .exclude].map { Member($0.rawValue, .bool(false)) }
        let kept = Member("validation_samples", .object([Member("minimum", .whole(1))]))
        return .object([
            Member("if", .object([Member("required", .list([.text("search")]))])),
            Member(
                "then",
                .object([
                    Member("required", .list([.text("validation_samples")])), Member("properties", .object(absent + [kept])),
                ])),
        ])
    }
}
