/// The runs that have a setting. What a setting depends on follows from the descriptors of the choices.
enum Applicability: Hashable, Sendable {
    /// All runs.
    case everywhere
    /// Runs whose linear part or convolutions use the setting.
    case weights(WeightSettings)
    /// Runs whose linear part uses the setting, whatever their convolutions do.
    case linearPart(WeightSettings)
    /// Runs whose architecture has convolutions.
    case convolutions
    /// Runs whose architecture has a free number of filters.
    case filters
    /// Runs whose schedule has milestones.
    case steps
    /// Runs on images, of which a batch may have any.
    case images
    /// Runs on images whose weights are stored, in the linear part and in convolutions.
    case storedWeights
    /// Runs whose linear part has a cloud of points for the pixels of an image.
    case inputCloud
    /// Runs whose linear part has the points of an image's pixels on a grid.
    case grid
    /// Runs whose optimizer takes momentum.
    case momentum
    /// Runs whose optimizer has weight decay.
    case weightDecay
    /// Runs whose schedule has no warmup of its own.
    case warmup

    /// Another setting has one of these values.
    struct Condition: Hashable, Sendable {
        /// The other setting's key.
        let key: String
        /// The values for which the condition holds.
        let values: [String]
    }

    /// The setting applies if in each of these groups one condition holds. Empty for a setting that all runs have.
    var requirements: [[Condition]] {
        switch self {
        case .everywhere: []
        case .weights(let setting):
            [[linears { $0.settings.contains(setting) }, convolutions { $0.settings.contains(setting) }]]
        case .linearPart(let setting): [[linears { $0.settings.contains(setting) }]]
        case .convolutions: [[architectures(\.hasConvolutions)]]
        case .filters: [[architectures { $0.filters != nil }]]
        case .images: [[architectures { !$0.readsGraph }]]
        case .storedWeights:
            [
                [linears { $0 == .mlp }],
                [convolutions(\.isDense), architectures { !$0.hasConvolutions && !$0.readsGraph }],
            ]
        case .steps: [[Condition(key: "schedule", values: [Schedule.steps.name])]]
        case .inputCloud:
            [
                [linears { $0.settings.contains(.inputCloud) }], [architectures { $0.features.isEmpty && !$0.readsGraph }],
                [Condition(key: "structure", values: Structure.all.filter { $0 != .hourglass }.map(\.name))],
            ]
        case .grid:
            Applicability.inputCloud.requirements + [[Condition(key: "initialisation", values: [Initialisation.grid.name])]]
        case .momentum: [[optimizers(\.hasMomentum)]]
        case .weightDecay: [[optimizers { $0.weightDecay != nil }]]
        case .warmup: [[Condition(key: "schedule", values: Schedule.all.filter(\.takesWarmup).map(\.name))]]
        }
    }

    /// Whether a run with these settings has the setting. Says the same as `requirements`, without looking values up.
    func holds(for settings: Settings) -> Bool {
        switch self {
        case .everywhere: true
        case .weights(let setting):
            settings.linear.settings.contains(setting) || settings.convolutionInForce?.settings.contains(setting) == true
        case .linearPart(let setting): settings.linear.settings.contains(setting)
        case .convolutions: settings.architecture.hasConvolutions
        case .filters: settings.architecture.filters != nil
        case .images: !settings.architecture.readsGraph
        case .storedWeights:
            settings.linear == .mlp && settings.convolutionInForce?.isDense != false && !settings.architecture.readsGraph
        case .steps: settings.schedule == .steps
        case .inputCloud:
            settings.linear.settings.contains(.inputCloud) && settings.architecture.features.isEmpty
                && !settings.architecture.readsGraph
                && settings.structure != .hourglass
        case .grid: Applicability.inputCloud.holds(for: settings) && settings.initialisation == .grid
        case .momentum: settings.optimizer.hasMomentum
        case .weightDecay: settings.optimizer.weightDecay != nil
        case .warmup: settings.schedule.takesWarmup
        }
    }

    /// Why the setting is bound to these conditions, where they do not say it themselves.
    var reason: String? {
        switch self {
        case .inputCloud:
            "behind convolutions or a lift, and of a graph's nodes, the linear part reads features, which have no places in a picture"
        case .images: "every step and every evaluation is over all nodes of a graph"
        case .storedWeights: "components are those of what stored weights multiply"
        case .grid: "a window is over the picture, in which only a grid's points have places"
        case .everywhere, .weights, .linearPart, .convolutions, .filters, .steps, .momentum, .weightDecay, .warmup: nil
        }
    }

    private func linears(_ holds: (Linear) -> Bool) -> Condition {
        Condition(key: "linear", values: Linear.all.filter(holds).map(\.name))
    }

    private func convolutions(_ holds: (Convolution) -> Bool) -> Condition {
        Condition(key: "convolution", values: Convolution.all.filter(holds).map(\.name))
    }

    private func optimizers(_ holds: (Optimizer) -> Bool) -> Condition {
        Condition(key: "optimizer", values: Optimizer.all.filter(holds).map(\.name))
    }

    private func architectures(_ holds: (Architecture) -> Bool) -> Condition {
        Condition(key: "architecture", values: Architecture.all.filter(holds).map(\.name))
    }

    /// The settings that decide whether it holds, directly or through a setting that is given.
    func deciders(given: Set<String>) -> Set<String> {
        requirements.joined().reduce(into: []) { keys, condition in
            keys.insert(condition.key)
            guard given.contains(condition.key), let field = condition.field else { return }
            keys.formUnion(field.applicability.deciders(given: given))
        }
    }

    /// In words: "linear is pcn, or convolution is pcn".
    var phrase: String {
        requirements.map { group in
            group.map { "\($0.key) is " + Echo.alternatives($0.values) }.joined(separator: ", or ")
        }.joined(separator: ", and ")
    }

    /// Why the setting does not apply to a run, and what would make it apply. Conditions on settings that the run does not have
    /// are left out.
    func refusal(for settings: Settings) -> (found: String, remedy: String) {
        let open = requirements.map { group in
            group.compactMap { condition in condition.found(in: settings).map { (condition, $0) } }
        }.filter { group in !group.contains { condition, found in condition.values.contains(found) } }
        return (
            open.joined().map { "\($0.key) is \($1)" }.joined(separator: " and "),
            open.map { group in
                group.map { condition, _ in "\(condition.key) to " + Echo.alternatives(condition.values) }.joined(
                    separator: ", or ")
            }.joined(separator: ", and ")
        )
    }
}

extension Applicability.Condition {
    var field: SettingField? { SettingField.named(key) }

    /// Whether it holds if the other setting is not given.
    var holdsByDefault: Bool { field?.standard.map { values.contains($0.shown) } ?? false }

    func found(in settings: Settings) -> String? { field?.effective(settings)?.shown }
}
