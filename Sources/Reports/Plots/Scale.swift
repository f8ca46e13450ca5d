import Foundation

/// Maps values to positions on an axis, with ticks at round numbers.
struct Scale: Sendable {
    struct Tick: Sendable, Equatable {
        let value: Double
        let label: String
    }

    let domain: ClosedRange<Double>
    let ticks: [Tick]
    let isLogarithmic: Bool

    /// The position of a value: 0 at the lower end of the domain, 1 at the upper end.
    func position(_ value: Double) -> Double {
        let place = { (value: Double) in isLogarithmic ? log10(value) : value }
        let (low, high) = (place(domain.lowerBound), place(domain.upperBound))
        // What lies far outside, in a file changed by hand, stays a number of a picture.
        return max(-10, min(11, (place(value) - low) / (high - low)))
    }

    /// The value at a position between 0 and 1, the inverse of `position`.
    func value(_ position: Double) -> Double {
        let place = { (value: Double) in isLogarithmic ? log10(value) : value }
        let (low, high) = (place(domain.lowerBound), place(domain.upperBound))
        let value = low + (high - low) * position
        return isLogarithmic ? pow(10, value) : value
    }

    /// A scale that ends on ticks; logarithmic if the values span more than three orders of magnitude.
    static func values(_ values: some Sequence<Double>, count: Int = 6) -> Scale {
        guard let (low, high) = range(values) else { return linear(0, 1, count) }
        if low > 0, high / low > 1000 { return logarithmic(low, high, count) }
        // Centre a constant line.
        if high - low <= max(abs(high) * 1e-9, 1e-12) {
            return abs(high) <= 1e-12 ? linear(0, 1, count) : linear(low - abs(low) * 0.1, high + abs(high) * 0.1, count)
        }
        return linear(low > 0 && low < 0.4 * high ? 0 : low, high, count)
    }

    /// The lowest and the highest value, within what has a logarithm and a difference: no training has others. Nil without values.
    private static func range(_ values: some Sequence<Double>) -> (low: Double, high: Double)? {
        guard let low = values.min(), let high = values.max() else { return nil }
        let least = Double.leastNormalMagnitude * 10, most = 1e300
        let bounded = { (value: Double) in
            abs(value) < least && value != 0 ? (value < 0 ? -least : least) : max(-most, min(most, value))
        }
        return (bounded(low), bounded(high))
    }

    /// A scale for a histogram: ends on ticks, and includes 0 only if a tick falls there.
    static func losses(_ values: [Double], count: Int = 6) -> Scale {
        guard let (low, high) = range(values), high - low > max(abs(high) * 1e-9, 1e-12) else {
            return self.values(values, count: count)
        }
        return low > 0 && high / low > 30 ? logarithmic(low, high, count) : linear(low, high, count)
    }

    /// A scale from the start of training to epoch `last`, with ticks at whole epochs.
    static func epochs(to last: Int, count: Int = 7) -> Scale {
        if last <= 1 { return Scale(domain: 0.5...1.5, ticks: [Tick(value: 1, label: "1")], isLogarithmic: false) }
        let step = max(1, roundStep(Double(last) / Double(count)))
        let first: Double = last < 20 ? 1 : 0
        return Scale(domain: first...Double(last), ticks: ticks(first, Double(last), step), isLogarithmic: false)
    }

    private static func linear(_ low: Double, _ high: Double, _ count: Int) -> Scale {
        let step = roundStep((high - low) / Double(count))
        let bottom = (low / step + 1e-9).rounded(.down) * step, top = (high / step - 1e-9).rounded(.up) * step
        return Scale(domain: bottom...top, ticks: ticks(bottom, top, step), isLogarithmic: false)
    }

    /// A logarithmic scale that ends on powers of ten.
    static func logarithmic(from low: Double, to high: Double, count: Int = 6) -> Scale { logarithmic(low, high, count) }

    /// A scale with ticks at powers of ten.
    private static func logarithmic(_ low: Double, _ high: Double, _ count: Int) -> Scale {
        let bottom = Int((log10(low) + 1e-9).rounded(.down)), top = Int((log10(high) - 1e-9).rounded(.up))
        let step = max(1, (top - bottom + count - 1) / count)
        let ticks = stride(from: bottom, through: top, by: step).map { power in
            let value = pow(10, Double(power))
            return Tick(value: value, label: (-3...3).contains(power) ? text(value, decimals: max(0, -power)) : "1e\(power)")
        }
        return Scale(domain: pow(10, Double(bottom))...pow(10, Double(top)), ticks: ticks, isLogarithmic: true)
    }

    /// The smallest of 1, 2 or 5 times a power of ten that is at least `step`.
    private static func roundStep(_ step: Double) -> Double {
        let power = pow(10, log10(step).rounded(.down))
        return ([1, 2, 5].first { $0 * power >= step * (1 - 1e-9) } ?? 10) * power
    }

    private static func ticks(_ low: Double, _ high: Double, _ step: Double) -> [Tick] {
        let decimals = max(0, Int(-log10(step * (1 + 1e-9)).rounded(.down)))
        let first = Int((low / step - 1e-9).rounded(.up)), last = Int((high / step + 1e-9).rounded(.down))
        return (first...last).map { Tick(value: Double($0) * step, label: text(Double($0) * step, decimals: decimals)) }
    }

    /// 0.25, 3500, 2.5e−5
    private static func text(_ value: Double, decimals: Int) -> String {
        let isPlain = value == 0 || (1e-4..<1e7).contains(abs(value))
        return String(format: isPlain ? "%.\(decimals)f" : "%.6g", value)
    }
}
