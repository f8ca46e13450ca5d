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
    /// Seed, data set and what only concerns checkpoints never count; `linear` and `d` do where Table 1 has no such model.
    public var deviationsFromPaper: [Deviation] {
        let isOfTable1 = Paper.table1.contains { $0.model == model }
        return SettingField.all.compactMap { field in
            switch field.comparison {
            case .always: break
            case .unlessInTable1: if isOfTable1 { return nil }
            case .never: return nil
            }
            guard let value = field.read(self), value != field.standard else { return nil }
            return Deviation(field: field.key, text: field.label(value.shown))
        }
    }

    /// The figures that the paper gives for this very run: nil unless it was trained as the paper did.
    public var paperRow: Paper.Row? {
        deviationsFromPaper.isEmpty ? Paper.row(model: model, dataset: dataset) : nil
    }
}
