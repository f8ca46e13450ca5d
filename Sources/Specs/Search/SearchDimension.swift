import Foundation

/// A setting of a search's space with the values that it is drawn from.
public struct SearchDimension: Hashable, Sendable {
    /// How a number is drawn from a range.
    enum Scale: String, CaseIterable, Sendable { case linear, log }

    enum Values: Hashable, Sendable {
        /// Each as probable as the others.
        case list([SettingValue])
        case wholes(ClosedRange<Int>, Scale)
        case reals(ClosedRange<Double>, Scale)
    }

    /// The setting's key.
    public let key: String
    let values: Values

    /// How many different values there are; nil for a range of real numbers.
    var count: Int? {
        switch values {
        case .list(let list): list.count
        case .wholes(let range, _): range.count
        case .reals: nil
        }
    }

    /// Every value, if they are so many at most; nil otherwise, and for a range of real numbers.
    func all(atMost limit: Int) -> [SettingValue]? {
        guard let count, count <= limit else { return nil }
        switch values {
        case .list(let list): return list
        case .wholes(let range, _): return range.map(SettingValue.whole)
        case .reals: return nil
        }
    }

    /// The value at a place of the unit interval.
    func value(at place: Double) -> SettingValue {
        switch values {
        case .list(let list): return list[min(list.count - 1, Int(place * Double(list.count)))]
        case .wholes(let range, let scale):
            // The interval of each number is [number, number + 1).
            let drawn = Self.between(Double(range.lowerBound), Double(range.upperBound) + 1, scale, place)
            return .whole(min(range.upperBound, max(range.lowerBound, Int(drawn))))
        case .reals(let range, let scale):
            let drawn = Self.rounded(Self.between(range.lowerBound, range.upperBound, scale, place))
            return .real(min(range.upperBound, max(range.lowerBound, drawn)))
        }
    }

    private static func between(_ low: Double, _ high: Double, _ scale: Scale, _ place: Double) -> Double {
        switch scale {
        case .linear: low + place * (high - low)
        case .log: low * exp(place * log(high / low))
        }
    }

    /// Four significant digits: what is printed is what was trained, and no machine's `exp` makes another run of it.
    private static func rounded(_ number: Double) -> Double {
        Double(String(format: "%.3e", number)) ?? number
    }

    var json: JSONTree {
        func range(_ from: JSONTree, _ to: JSONTree, _ scale: Scale) -> JSONTree {
            .object([.init("from", from), .init("scale", .text(scale.rawValue)), .init("to", to)])
        }
        return switch values {
        case .list(let list): .list(list.map(\.json))
        case .wholes(let bounds, let scale): range(.whole(bounds.lowerBound), .whole(bounds.upperBound), scale)
        case .reals(let bounds, let scale): range(.real(bounds.lowerBound), .real(bounds.upperBound), scale)
        }
    }
}
