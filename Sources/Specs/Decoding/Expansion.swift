/// Makes runs of a spec's parts, and notes what only shows in the runs.
struct Expansion {
    private(set) var faults: [Fault] = []
    private let outline: SpecOutline
    /// Settings of the product that a fault leaves unknown.
    private let productDoubtful: Set<String>
    /// Settings that the file gives anywhere.
    private let given: Set<String>

    /// A run with where each of its settings was given.
    private struct Draft {
        let given: [String: Given]
        let settings: Settings

        init(_ given: [String: Given]) {
            self.given = given
            settings = Settings(values: given.compactMapValues(\.value))
        }
    }

    init(_ outline: SpecOutline) {
        self.outline = outline
        productDoubtful = outline.base.doubtful.union(outline.sweepDoubtful)
        given = Set(([outline.base] + outline.include).flatMap(\.settings.keys) + outline.sweep.map(\.field.key))
    }

    /// Settings of an included run that a fault leaves unknown.
    private func doubtful(_ block: Block) -> Set<String> {
        outline.base.doubtful.union(block.doubtful)
    }

    /// The runs; only of worth where no fault is noted here or was before.
    mutating func runs() -> [Settings] {
        checkRequired()
        guard checkCount() else { return [] }
        let included = outline.include.map { block in
            Draft(outline.base.settings.merging(block.settings) { $1 })
        }
        let drafts = excluding(product()) + included
        checkApplicability(drafts, included: included)
        checkSamples(drafts)
        var seen: Set<Settings> = []
        return drafts.map(\.settings).filter { seen.insert($0).inserted }
    }

    private mutating func note(_ problem: Fault.Problem, at position: Position, _ path: FieldPath) {
        faults.append(Fault(position: position, field: path, problem: problem))
    }

    // MARK: What must be there

    private mutating func checkRequired() {
        let swept = Set(outline.sweep.map(\.field.key))
        for field in SettingField.all where field.presence == .required {
            if outline.base.settings[field.key] != nil { continue }
            if !swept.contains(field.key), !productDoubtful.contains(field.key) {
                // Given at the top level, it will be there for the included runs as well.
                note(.missing(field.kind), at: outline.base.position, outline.base.path.key(field.key))
                continue
            }
            for block in outline.include
            where block.settings[field.key] == nil && !doubtful(block).contains(field.key) {
                note(.missing(field.kind), at: block.position, block.path.key(field.key))
            }
        }
    }

    // MARK: The product

    /// Counts the runs before any is made, so that a small file cannot fill the memory.
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
        note(
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
        for block in outline.exclude {
            let wanted = block.settings.values.compactMap { given in given.value.map { (given.field, $0) } }
            guard wanted.count == block.settings.count, !wanted.isEmpty else { continue }
            let matches = index.matches(wanted)
            takenOut.formUnion(matches)
            let unknown = productDoubtful.union(block.doubtful)
            let deciders = wanted.flatMap { field, _ in [field.key] + field.applicability.deciders(given: given) }
            let isSure = block.doubtful.isEmpty && unknown.isDisjoint(with: deciders)
            if matches.isEmpty, isSure, isComplete { note(.excludesNothing, at: block.position, block.path) }
        }
        if takenOut.count == product.count, outline.include.isEmpty, isComplete {
            note(
                .noRunLeft, at: outline.parts[SpecPart.exclude.rawValue] ?? outline.base.position,
                FieldPath().key(SpecPart.exclude.rawValue))
        }
        return product.enumerated().filter { !takenOut.contains($0.offset) }.map(\.element)
    }

    /// Whether the runs made are those that were meant: without required fields they only stand in for them.
    private var isComplete: Bool {
        !faults.contains { if case .missing = $0.problem { true } else { false } }
    }

    // MARK: What the runs show

    /// Notes fields that no run has, and fields of an `include` object that its own run has not.
    private mutating func checkApplicability(_ drafts: [Draft], included: [Draft]) {
        for (block, draft) in zip(outline.include, included) {
            let unknown = doubtful(block)
            for given in block.settings.values where !given.field.applies(to: draft.settings) {
                let applicability = given.field.applicability
                guard unknown.isDisjoint(with: applicability.deciders(given: self.given)) else { continue }
                note(.doesNotApply(applicability, to: draft.settings), at: given.keyPosition, given.path)
            }
        }
        let anyDoubt = outline.include.reduce(productDoubtful) { $0.union($1.doubtful) }
        guard !drafts.isEmpty else { return }
        let fromBase = outline.base.settings.values.map { ($0.field, $0.keyPosition, $0.path) }
        let fromSweep = outline.sweep.map { ($0.field, $0.keyPosition, $0.path) }
        for (field, position, path) in fromBase + fromSweep {
            guard anyDoubt.isDisjoint(with: field.applicability.deciders(given: given)) else { continue }
            if drafts.contains(where: { field.applies(to: $0.settings) }) { continue }
            note(.unused(field.applicability), at: position, path)
        }
    }

    /// Notes sample counts beyond a run's data set, once for each place and data set.
    private mutating func checkSamples(_ drafts: [Draft]) {
        struct Found: Hashable {
            let position: Position
            let dataset: DatasetName
        }
        var seen: Set<Found> = []
        for draft in drafts where draft.given["dataset"]?.value != nil {
            let dataset = draft.settings.dataset
            let limits = ["train_samples": dataset.blueprint.trainImages, "test_samples": dataset.blueprint.testImages]
            for (key, available) in limits {
                guard let given = draft.given[key], case .whole(let count)? = given.value, count > available,
                    seen.insert(Found(position: given.position, dataset: dataset)).inserted
                else { continue }
                note(
                    .tooManySamples(found: count, dataset: dataset, available: available), at: given.position, given.path)
            }
        }
    }
}
