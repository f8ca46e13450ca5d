/// Expands a spec's parts to runs, and collects the diagnostics that depend on the runs.
struct Expansion {
    var diagnostics: [Diagnostic] = []
    let outline: SpecOutline
    /// Settings of the product whose values an error leaves unknown.
    private let productUnknown: Set<String>
    /// Settings that the file gives anywhere: at the top level, in the sweep, or in an included run.
    private let given: Set<String>

    /// A run with the source of each of its settings.
    struct Draft {
        let given: [String: SourcedValue]
        let settings: Settings

        init(_ given: [String: SourcedValue], _ settings: Settings) { (self.given, self.settings) = (given, settings) }

        init(_ given: [String: SourcedValue]) {
            self.given = given
            settings = Settings(values: given.compactMapValues(\.value))
        }

        /// Whether its layers are known: no error hides a setting that they depend on.
        var hasLayers: Bool {
            given["architecture"]?.value != nil
                && ["linear", "convolution", "widths", "structure"].allSatisfy { given[$0] == nil || given[$0]?.value != nil }
        }

        /// Whether no error hides its epochs.
        var hasLength: Bool { given["epochs"] == nil || given["epochs"]?.value != nil }
    }

    init(_ outline: SpecOutline) {
        self.outline = outline
        productUnknown = outline.base.unknown.union(outline.sweepUnknown)
        given = Set(([outline.base] + outline.include).flatMap(\.settings.keys) + outline.sweep.map(\.field.key))
            .union(outline.search?.space.map(\.field.key) ?? [])
    }

    /// Settings of an included run whose values an error leaves unknown.
    private func unknownSettings(of object: SettingsObject) -> Set<String> {
        outline.base.unknown.union(object.unknown)
    }

    /// The runs. They are valid only if neither the scan nor the expansion has a diagnostic.
    mutating func runs() -> [Settings] {
        checkRequired()
        guard checkCount() else { return [] }
        let included = outline.include.map { object in
            Draft(outline.base.settings.merging(object.settings) { $1 })
        }
        let drafts: [Draft]
        if let search = outline.search {
            drafts = trials(search)
            checkSpace(search, drafts)
        } else {
            drafts = excluding(product()) + included
        }
        checkApplicability(drafts, included: included)
        checkSamples(drafts)
        checkGrids(drafts)
        checkLists(drafts)
        checkTogether(drafts)
        var seen: Set<Settings> = []
        return drafts.map(\.settings).filter { seen.insert($0).inserted }
    }

    mutating func report(_ problem: Diagnostic.Problem, at position: Position, _ path: FieldPath) {
        diagnostics.append(Diagnostic(position: position, field: path, problem: problem))
    }

    // MARK: Required settings

    private mutating func checkRequired() {
        let swept = Set(outline.sweep.map(\.field.key) + (outline.search?.space.map(\.field.key) ?? []))
        for field in SettingField.all where field.presence == .required {
            if outline.base.settings[field.key] != nil { continue }
            if !swept.contains(field.key), !productUnknown.contains(field.key) {
                // If it is added at the top level, the included runs have it as well.
                report(.missing(field.kind), at: outline.base.position, outline.base.path.key(field.key))
                continue
            }
            for object in outline.include
            where object.settings[field.key] == nil && !unknownSettings(of: object).contains(field.key) {
                report(.missing(field.kind), at: object.position, object.path.key(field.key))
            }
        }
    }

    // MARK: The product

    /// Counts the runs before any is made: a small file could otherwise fill the memory.
    private mutating func checkCount() -> Bool {
        var count: Int? = 1
        for swept in outline.sweep {
            let (product, overflow) = (count ?? 0).multipliedReportingOverflow(by: max(1, swept.count))
            count = count == nil || overflow ? nil : product
        }
        let total = count.map { $0.addingReportingOverflow(outline.include.count) }
        let sum = total.flatMap { $0.overflow ? nil : $0.partialValue }
        if let sum, sum <= Experiment.runLimit { return true }
        let isProductTooLarge = count.map { $0 > Experiment.runLimit } ?? true
        let part: SpecPart = isProductTooLarge ? .sweep : .include
        report(
            .tooManyRuns(count: isProductTooLarge ? count : sum, limit: Experiment.runLimit),
            at: outline.parts[part.rawValue] ?? outline.base.position, FieldPath().key(part.rawValue))
        return false
    }

    /// The base with every combination of the sweep's values; the first key varies slowest.
    private func product() -> [Draft] {
        var combinations = [outline.base.settings]
        for swept in outline.sweep where !swept.values.isEmpty {
            combinations = combinations.flatMap { combination in
                swept.values.map { given in
                    var extended = combination
                    extended[swept.field.key] = given
                    return extended
                }
            }
        }
        return combinations.map(Draft.init)
    }

    private mutating func excluding(_ product: [Draft]) -> [Draft] {
        var index = RunIndex(product.map(\.settings))
        var takenOut = RunSet(capacity: product.count)
        for object in outline.exclude {
            let wanted = object.settings.values.compactMap { given in given.value.map { (given.field, $0) } }
            guard wanted.count == object.settings.count, !wanted.isEmpty else { continue }
            let matches = index.matches(wanted)
            takenOut.formUnion(matches)
            let unknown = productUnknown.union(object.unknown)
            let deciders = wanted.flatMap { field, _ in [field.key] + field.applicability.deciders(given: given) }
            let isSure = object.unknown.isEmpty && unknown.isDisjoint(with: deciders)
            if matches.isEmpty, isSure, isComplete { report(.excludesNothing, at: object.position, object.path) }
        }
        if takenOut.count == product.count, outline.include.isEmpty, isComplete {
            report(
                .noRunLeft, at: outline.parts[SpecPart.exclude.rawValue] ?? outline.base.position,
                FieldPath().key(SpecPart.exclude.rawValue))
        }
        return product.enumerated().filter { !takenOut.contains($0.offset) }.map(\.element)
    }

    /// Whether every run has its required settings. Without them, runs are made with placeholders.
    private var isComplete: Bool {
        !diagnostics.contains { if case .missing = $0.problem { true } else { false } }
    }

    // MARK: Checks of the runs

    /// Reports fields that no run uses, and fields of an `include` object that do not apply to its own run.
    private mutating func checkApplicability(_ drafts: [Draft], included: [Draft]) {
        for (object, draft) in zip(outline.include, included) {
            let unknown = unknownSettings(of: object)
            for given in object.settings.values where !given.field.applicability.holds(for: draft.settings) {
                let applicability = given.field.applicability
                guard unknown.isDisjoint(with: applicability.deciders(given: self.given)) else { continue }
                report(.doesNotApply(applicability, to: draft.settings), at: given.keyPosition, given.path)
            }
        }
        let anyUnknown = outline.include.reduce(productUnknown) { $0.union($1.unknown) }
        guard !drafts.isEmpty else { return }
        let fromBase = outline.base.settings.values.map { ($0.field, $0.keyPosition, $0.path) }
        let fromSweep = outline.sweep.map { ($0.field, $0.keyPosition, $0.path) }
        for (field, position, path) in fromBase + fromSweep {
            guard anyUnknown.isDisjoint(with: field.applicability.deciders(given: given)) else { continue }
            if drafts.contains(where: { field.applicability.holds(for: $0.settings) }) { continue }
            report(.unused(field.applicability), at: position, path)
        }
    }

    /// Reports grids in too few dimensions, once for each place and number of dimensions.
    private mutating func checkGrids(_ drafts: [Draft]) {
        var seen: Set<[Int]> = []
        for draft in drafts {
            guard let given = draft.given["initialisation"], given.value == Initialisation.grid.settingValue,
                Applicability.inputCloud.holds(for: draft.settings), let d = draft.settings.d,
                d < Initialisation.fewestGridDimensions,
                seen.insert([given.position.line, given.position.column, d]).inserted
            else { continue }
            report(.tooFewDimensions(d: d), at: given.position, given.path)
        }
    }

    /// Reports lists for the linear layers that do not fit a run, once for each place and problem.
    private mutating func checkLists(_ drafts: [Draft]) {
        struct Found: Hashable {
            let position: Position
            let problem: Diagnostic.Problem
        }
        var seen: Set<Found> = []
        for draft in drafts where draft.hasLayers {
            for given in draft.given.values {
                guard let value = given.value, let problem = draft.settings.fault(of: value, for: given.field),
                    seen.insert(Found(position: given.position, problem: problem)).inserted
                else { continue }
                report(problem, at: given.position, given.path)
            }
        }
    }

    /// Reports settings that do not fit together, once for each place and problem.
    private mutating func checkTogether(_ drafts: [Draft]) {
        struct Found: Hashable {
            let path: FieldPath
            let position: Position
            let problem: Diagnostic.Problem
        }
        var seen: Set<Found> = []
        for draft in drafts where draft.given["dataset"]?.value != nil && draft.given["architecture"]?.value != nil {
            for fault in draft.settings.faults {
                guard let given = draft.given[fault.key], fault.key != "compress" || draft.hasLayers && draft.hasLength else {
                    continue
                }
                let path = fault.member.map(given.path.key) ?? given.path
                guard seen.insert(Found(path: path, position: given.position, problem: fault.problem)).inserted else { continue }
                report(fault.problem, at: given.position, path)
            }
        }
    }

    /// Reports sample counts larger than a run's data set, once for each place and data set.
    private mutating func checkSamples(_ drafts: [Draft]) {
        struct Found: Hashable {
            let position: Position
            let dataset: DatasetName
        }
        var seen: Set<Found> = []
        for draft in drafts where draft.given["dataset"]?.value != nil {
            let dataset = draft.settings.dataset, rest = dataset.trainImages - draft.settings.validationSamples
            let limits = [
                // Where more are kept back than there are, that is the fault.
                "train_samples": rest > 0 ? rest : dataset.trainImages,
                "validation_samples": dataset.nodes == nil ? dataset.trainImages - 1 : dataset.validationNodes,
                "test_samples": dataset.testImages,
            ]
            for (key, available) in limits {
                guard let given = draft.given[key], case .whole(let count)? = given.value, count > available,
                    seen.insert(Found(position: given.position, dataset: dataset)).inserted
                else { continue }
                report(
                    .tooManySamples(
                        found: count, dataset: dataset, available: available,
                        isBesideValidation: key == "train_samples" && available < dataset.trainImages),
                    at: given.position, given.path)
            }
        }
    }
}
