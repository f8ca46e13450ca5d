/// A number for each layer of the linear part: the same for all of them, or a list.
///
/// A list of equal numbers is the same as one number for all layers, so that equal runs compare equal.
public struct LayerValues: Hashable, Sendable {
    /// One for all layers, or one for each.
    private let values: [Double]

    /// The same number for every layer.
    public init(_ value: Double) { values = [value] }

    /// One number for each layer, in the order of the layers.
    /// - Precondition: the list is not empty.
    public init(_ list: [Double]) {
        precondition(!list.isEmpty)
        values = Set(list).count == 1 ? [list[0]] : list
    }

    /// How many are in the list; nil for one number.
    var count: Int? { values.count == 1 ? nil : values.count }

    /// The number of a layer, counted from the inputs.
    public subscript(layer: Int) -> Double { values.count == 1 ? values[0] : values[layer] }
}

extension LayerValues: ExpressibleByFloatLiteral, ExpressibleByIntegerLiteral {
    public init(floatLiteral value: Double) { self.init(value) }
    public init(integerLiteral value: Int) { self.init(Double(value)) }
}

extension LayerValues: SettingRepresentable {
    init?(_ value: SettingValue) {
        switch value {
        case .real(let real): self.init(real)
        case .reals(let list) where !list.isEmpty: self.init(list)
        case .reals, .text, .whole, .wholes, .texts, .own, .record: return nil
        }
    }

    var settingValue: SettingValue? { values.count == 1 ? .real(values[0]) : .reals(values) }
}

extension SettingValue {
    /// The value as settings hold it: a list of equal numbers is one number.
    var canonical: SettingValue {
        switch self {
        case .reals(let list) where !list.isEmpty: LayerValues(list).settingValue ?? self
        case .record: Compression(self)?.settingValue ?? self
        default: self
        }
    }
}

extension Settings {
    /// Layers of the linear part: one for each number of a list.
    private var layerCount: Int { structure.widths(inputs: 1, hidden: hiddenWidths, classes: 1).count - 1 }

    /// What is wrong with a list of numbers for the layers; nil for another value, or where the setting does not apply.
    func fault(of value: SettingValue, for field: SettingField) -> Diagnostic.Problem? {
        guard case .reals(let list) = value, case .weights(let setting) = field.applicability,
            field.applicability.holds(for: self)
        else { return nil }
        if convolutionInForce?.settings.contains(setting) == true { return .listForConvolutions }
        return list.count == layerCount
            ? nil : .wrongNumberOfLayers(found: list.count, layers: layerCount, structure: structure)
    }
}
