extension Expansion {
    /// The runs of a search, one for each trial.
    mutating func trials(_ outline: SearchOutline) -> [Draft] {
        for part in [SpecPart.sweep, .include, .exclude] {
            guard let position = self.outline.parts[part.rawValue] else { continue }
            report(
                .notOfForm(found: "it beside search", remedy: "a search draws its runs itself: leave one of them out"),
                at: position,
                FieldPath().key(part.rawValue))
        }
        let base = self.outline.base
        checkValidation(outline)
        guard let search = outline.search, diagnostics.isEmpty, base.unknown.isEmpty else { return [] }
        let drawn = search.draws(over: base.settings.compactMapValues(\.value))
        let epochs = drawn.map(\.epochs).first ?? Settings.Default.epochs
        for rung in outline.rungs where rung.epochs >= epochs {
            report(
                .notOfForm(found: "\(rung.epochs)", remedy: "a rung comes before the end: expected less than epochs, \(epochs)"),
                at: rung.position, rung.path)
        }
        if drawn.isEmpty {
            // Where nothing fits, what is wrong with the values is reported at their places.
            let faulty = examples(outline).filter { Settings(fitting: $0.given.compactMapValues(\.value)) == nil }
            if !faulty.isEmpty { return faulty }
        }
        if drawn.count < search.trials, let trials = outline.trials {
            let limit = search.mostParameters.map { " with at most \($0.grouped) linear parameters" } ?? ""
            let remedy =
                drawn.isEmpty
                ? "no trial of the space can be drawn\(limit)"
                : "the space has no more than \(drawn.count) different trials\(limit): expected at most \(drawn.count)"
            report(.notOfForm(found: "\(search.trials)", remedy: remedy), at: trials.position, trials.path)
        }
        return drawn.map { Draft(base.settings, $0) }
    }

    /// Runs with each value of each list, and both ends of each range, beside the first values of the others.
    private func examples(_ outline: SearchOutline) -> [Draft] {
        var first = self.outline.base.settings
        for swept in outline.examples { first[swept.field.key] = swept.values.first }
        return outline.examples.flatMap { swept in
            swept.values.map { Draft(first.merging([swept.field.key: $0]) { $1 }) }
        }
    }

    private mutating func checkValidation(_ outline: SearchOutline) {
        let given = self.outline.base.settings["validation_samples"]
        if given == nil, !self.outline.base.unknown.contains("validation_samples") {
            report(.needsValidation, at: outline.position, FieldPath().key("validation_samples"))
        } else if let given, given.value == .whole(0) {
            report(.needsValidation, at: given.position, given.path)
        }
    }

    /// Reports settings of the space that no trial uses.
    mutating func checkSpace(_ outline: SearchOutline, _ drafts: [Draft]) {
        guard !drafts.isEmpty else { return }
        for (field, position, path) in outline.space
        where !drafts.contains(where: { field.applicability.holds(for: $0.settings) }) {
            report(.unused(field.applicability), at: position, path)
        }
    }
}
