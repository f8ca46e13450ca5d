/// One way in which a run was not trained as the paper did.
public struct Deviation: Hashable, Sendable {
    /// The setting's key.
    public let field: String
    /// Its value as a report's label tells it: "epochs 40", "adam", "λ 4.9".
    public let text: String
}

extension Settings {
    /// How these settings differ from the paper's for this model, in the order of the settings.
    ///
    /// Seed, data set, what the model's name says and what only concerns checkpoints never count.
    public var deviationsFromPaper: [Deviation] {
        SettingField.all.compactMap(deviation)
    }

    /// Those of the settings that determine how weights are made.
    public var weightDeviationsFromPaper: [Deviation] {
        SettingField.all.filter { if case .weights = $0.applicability { true } else { false } }.compactMap(deviation)
    }

    private func deviation(_ field: SettingField) -> Deviation? {
        guard field.comparison == .always, let value = field.read(self), value != field.standard else { return nil }
        return Deviation(field: field.key, text: field.label(value.shown))
    }

    /// The figures that the paper gives for this very run: nil unless it was trained as the paper did.
    public var paperRow: Paper.Row? {
        deviationsFromPaper.isEmpty ? Paper.row(model: model, dataset: dataset) : nil
    }
}
