/// A setting of a run that differs from the paper.
public struct Deviation: Hashable, Sendable {
    /// The setting's key.
    public let field: String
    /// Its value as a report's label gives it: "epochs 40", "adam", "λ 4.9".
    public let text: String

    /// In the order of the settings.
    public static func inOrder(_ deviations: Set<Deviation>) -> [Deviation] {
        SettingField.all.flatMap { field in deviations.filter { $0.field == field.key } }
    }
}

extension Settings {
    /// The settings that differ from the paper's for this model, in the order of the settings.
    ///
    /// Seed, data set, settings that are part of the model's name, and those of checkpoints are not included.
    public var deviationsFromPaper: [Deviation] {
        SettingField.all.compactMap(deviation)
    }

    /// The same, restricted to settings that determine how weights are made.
    public var weightDeviationsFromPaper: [Deviation] {
        SettingField.all.filter(\.determinesWeights).compactMap(deviation)
    }

    private func deviation(_ field: SettingField) -> Deviation? {
        guard field.comparison == .always, let value = field.read(self), value != field.standard else { return nil }
        return Deviation(field: field.key, text: field.label(value.shown))
    }

    /// The paper's figures for this run; nil unless it is trained as in the paper.
    public var paperRow: Paper.Row? {
        deviationsFromPaper.isEmpty ? Paper.row(model: model, dataset: dataset) : nil
    }
}

extension SettingField {
    /// Whether an untrained network depends on it.
    fileprivate var determinesWeights: Bool {
        switch applicability {
        case .weights, .linearPart, .inputCloud, .grid, .filters: true
        case .everywhere, .convolutions, .images, .storedWeights, .steps, .momentum, .weightDecay, .warmup:
            ["structure", "activation", "normalise"].contains(key)
        }
    }
}
