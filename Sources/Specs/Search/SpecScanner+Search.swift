/// A spec's `search` as it was read. The search is nil if an error leaves a part of it unknown.
struct SearchOutline {
    let position: Position
    let path: FieldPath
    var search: Search?
    /// The dimensions with their places, readable or not.
    var space: [(field: SettingField, keyPosition: Position, path: FieldPath)] = []
    /// A value of each setting of the space, with which runs can be made for checks. Both ends of a range, every value of a list.
    var examples: [SweptField] = []
    /// The rungs with their places.
    var rungs: [(epochs: Int, position: Position, path: FieldPath)] = []
    var trials: (position: Position, path: FieldPath)?
}

/// The fields of `search` and of the objects in it.
enum SearchPart {
    enum Search: String, CaseIterable { case trials, seed, space, halving, mostParameters = "most_parameters" }
    enum Halving: String, CaseIterable { case rungs, keep, by }
    enum Range: String, CaseIterable { case from, to, scale }
}

extension Search {
    static let trialsKind = ValueKind.whole(2...Experiment.runLimit)
    static let seedKind = ValueKind.whole(0...Int.max)
    static let parametersKind = ValueKind.whole(1...SettingField.countLimit)
}

extension Halving {
    static let rungsKind = ValueKind.wholes(each: 1...SettingField.countLimit, count: 1...20)
    static let keepKind = ValueKind.choice(fractions)
    static let byKind = ValueKind.choice(measures)
}

extension SearchDimension {
    static let scaleKind = ValueKind.choice(Scale.allCases.map(\.rawValue))
}

extension SpecScanner {
    /// Reads `search`.
    mutating func search(_ json: JSONValue, at path: FieldPath) -> SearchOutline? {
        guard let fields = fields(of: json, at: path, SearchPart.Search.self) else { return nil }
        var outline = SearchOutline(position: json.position, path: path)
        var trials: Int?, seed: Int? = 1, mostParameters: Int?, dimensions: [SearchDimension]?, halving: Halving?
        let before = diagnostics.count
        for (part, member) in fields {
            let here = path.key(member.key)
            switch part {
            case .trials:
                outline.trials = (member.value.position, here)
                trials = whole(member.value, Search.trialsKind, at: here)
            case .seed: seed = whole(member.value, Search.seedKind, at: here)
            case .mostParameters: mostParameters = whole(member.value, Search.parametersKind, at: here)
            case .space: dimensions = space(member.value, at: here, &outline)
            case .halving: halving = self.halving(member.value, at: here, &outline)
            }
        }
        for (part, kind) in [(SearchPart.Search.trials, Search.trialsKind), (.space, .object)]
        where !fields.contains(where: { $0.part == part }) {
            report(.missing(kind), at: json.position, path.key(part.rawValue))
        }
        guard diagnostics.count == before, let trials, let seed, let dimensions else { return outline }
        outline.search = Search(
            trials: trials, seed: seed, space: dimensions.sorted { $0.key < $1.key }, halving: halving,
            mostParameters: mostParameters)
        return outline
    }

    private mutating func space(_ json: JSONValue, at path: FieldPath, _ outline: inout SearchOutline) -> [SearchDimension]? {
        guard let members = members(of: json, at: path) else { return nil }
        if members.isEmpty { report(.emptySpace, at: json.position, path) }
        return members.compactMap { member in
            guard let field = SettingField.named(member.key) else { return nil }
            let here = path.key(member.key)
            outline.space.append((field, member.keyPosition, here))
            if let reason = Search.reasonAgainst(field.key) {
                report(.notOfForm(found: "it in a search's space", remedy: reason), at: member.keyPosition, here)
                return nil
            }
            let examples: [SourcedValue], values: SearchDimension.Values?
            switch member.value.content {
            case .array(let elements):
                if elements.isEmpty { report(.emptyList, at: member.value.position, here) }
                examples = elements.enumerated().map { given(field, $1, keyPosition: member.keyPosition, at: here.index($0)) }
                let read = examples.compactMap(\.value)
                if Set(read).count < read.count {
                    report(.notOfForm(found: "a value twice", remedy: "give each once"), at: member.value.position, here)
                }
                values = .list(read)
            case .object: (examples, values) = range(member.value, of: field, member.keyPosition, at: here)
            default:
                let what =
                    "expected a list of values" + (field.kind.isNumber ? " or a range, such as \(Self.exampleOfRange)" : "")
                report(.notOfForm(found: member.value.found, remedy: what), at: member.value.position, here)
                (examples, values) = ([], nil)
            }
            outline.examples.append(
                SweptField(
                    field: field, keyPosition: member.keyPosition, path: here, count: examples.count,
                    values: examples.filter { $0.value != nil }))
            return values.map { SearchDimension(key: field.key, values: $0) }
        }
    }

    static let exampleOfRange = #"{"from": 1e-4, "to": 1e-2, "scale": "log"}"#

    /// Reads a range of numbers.
    private mutating func range(
        _ json: JSONValue, of field: SettingField, _ keyPosition: Position, at path: FieldPath
    ) -> ([SourcedValue], SearchDimension.Values?) {
        guard field.kind.isNumber else {
            report(.notOfForm(found: "a range", remedy: "expected a list of values"), at: json.position, path)
            return ([], nil)
        }
        guard let fields = fields(of: json, at: path, SearchPart.Range.self) else { return ([], nil) }
        var ends: [SearchPart.Range: SourcedValue] = [:], scale: SearchDimension.Scale? = .linear
        for (part, member) in fields {
            let here = path.key(member.key)
            switch part {
            case .from, .to: ends[part] = given(field, member.value, keyPosition: keyPosition, at: here)
            case .scale:
                scale = text(member.value, SearchDimension.scaleKind, at: here).flatMap(SearchDimension.Scale.init)
            }
        }
        for part in [SearchPart.Range.from, .to] where ends[part] == nil {
            report(.missing(field.kind), at: json.position, path.key(part.rawValue))
        }
        guard let scale, let from = ends[.from], let to = ends[.to], let low = from.value, let high = to.value else {
            return (Array(ends.values), nil)
        }
        let position = to.position, here = path.key(SearchPart.Range.to.rawValue)
        switch (low, high) {
        case (.whole(let low), .whole(let high)) where low < high:
            if scale == .linear || low > 0 { return ([from, to], .wholes(low...high, scale)) }
        case (.real(let low), .real(let high)) where low < high:
            if scale == .linear || low > 0 { return ([from, to], .reals(low...high, scale)) }
        case (.reals, _), (_, .reals):
            let isLow = if case .reals = low { true } else { false }
            let end = isLow ? from : to, part = isLow ? SearchPart.Range.from : .to
            report(
                .notOfForm(
                    found: "a list", remedy: "expected a number: lists for the layers are values of a list"),
                at: end.position, path.key(part.rawValue))
            return ([from, to], nil)
        default:
            report(.notOfForm(found: high.shown, remedy: "expected more than from, \(low.shown)"), at: position, here)
            return ([from, to], nil)
        }
        report(
            .notOfForm(found: low.shown, remedy: "a range on a log scale begins above 0"), at: from.position,
            path.key(SearchPart.Range.from.rawValue))
        return ([from, to], nil)
    }

    private mutating func halving(_ json: JSONValue, at path: FieldPath, _ outline: inout SearchOutline) -> Halving? {
        guard let fields = fields(of: json, at: path, SearchPart.Halving.self) else { return nil }
        var rungs: [Int]?, keep: String? = "1/3"
        for (part, member) in fields {
            let here = path.key(member.key)
            switch part {
            case .rungs:
                rungs = wholes(member.value, Halving.rungsKind, at: here)
                guard let rungs, case .array(let elements) = member.value.content else { continue }
                for (index, element) in elements.enumerated() {
                    outline.rungs.append((rungs[index], element.position, here.index(index)))
                    if index > 0, rungs[index] <= rungs[index - 1] {
                        report(
                            .notOfForm(
                                found: "\(rungs[index])", remedy: "each rung comes after the one before, \(rungs[index - 1])"),
                            at: element.position, here.index(index))
                    }
                }
            case .keep: keep = text(member.value, Halving.keepKind, at: here)
            case .by:
                if case .string("test_accuracy") = member.value.content {
                    report(.selectsByTest, at: member.value.position, here)
                } else {
                    _ = text(member.value, Halving.byKind, at: here)
                }
            }
        }
        if !fields.contains(where: { $0.part == .rungs }) {
            report(.missing(Halving.rungsKind), at: json.position, path.key(SearchPart.Halving.rungs.rawValue))
        }
        guard let rungs, let keep, let oneOf = keep.split(separator: "/").last.flatMap({ Int($0) }) else { return nil }
        return Halving(rungs: rungs, oneOf: oneOf)
    }

    // MARK: Values

    /// The members of an object whose keys are those of `Part`, each once; reports the others.
    private mutating func fields<Part: RawRepresentable<String> & CaseIterable>(
        of json: JSONValue, at path: FieldPath, _: Part.Type
    ) -> [(part: Part, member: JSONMember)]? {
        guard case .object(let members) = json.content else {
            report(.wrongType(found: json.found, .object), at: json.position, path)
            return nil
        }
        let known = Part.allCases.map(\.rawValue)
        var first: [String: JSONMember] = [:]
        return members.compactMap { member in
            let here = path.key(member.key)
            if let earlier = first[member.key] {
                report(.repeatedField(first: earlier.keyPosition, firstKey: earlier.key), at: member.keyPosition, here)
                return nil
            }
            first[member.key] = member
            if let part = Part(rawValue: member.key) { return (part, member) }
            let suggestion = Suggestion.closest(to: member.key, among: known)
            report(.unknownField(suggestion: suggestion, known: known), at: member.keyPosition, here)
            return nil
        }
    }

    private mutating func whole(_ json: JSONValue, _ kind: ValueKind, at path: FieldPath) -> Int? {
        if case .whole(let whole)? = read(json, kind, at: path) { whole } else { nil }
    }

    private mutating func wholes(_ json: JSONValue, _ kind: ValueKind, at path: FieldPath) -> [Int]? {
        if case .wholes(let wholes)? = read(json, kind, at: path) { wholes } else { nil }
    }

    private mutating func text(_ json: JSONValue, _ kind: ValueKind, at path: FieldPath) -> String? {
        if case .text(let text)? = read(json, kind, at: path) { text } else { nil }
    }
}

extension ValueKind {
    /// Whether it is one number, of which a range can be given.
    var isNumber: Bool {
        switch self {
        case .whole, .real, .realOrReals: true
        case .choice, .choiceOrPath, .wholes, .choices, .record, .text, .name, .object, .objects, .values: false
        }
    }
}
