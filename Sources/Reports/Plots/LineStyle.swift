import Foundation
import Specs

/// How a model's lines look in every plot: a colour of its own, and dashes where one plot has it trained in several ways.
struct LineStyle: Sendable {
    /// As "#1f578e", on white.
    let light: String
    /// The same on a dark ground.
    let dark: String
    /// Lengths of dashes and gaps; empty for an unbroken line.
    let dashes: String

    /// - Parameter variant: which of the model's ways of training in one plot this is, from 0. The first six differ in
    ///   their dashes; the next ones repeat these in a paler colour.
    init(linear: Linear, d: Int, variant: Int) {
        let patterns = ["", "7 4", "2 3", "9 3 2 3", "14 4", "5 2 2 2 2 2"]
        dashes = patterns[variant % patterns.count]
        let paleness = min(0.75, 0.25 * Double(variant / patterns.count))
        let (light, dark) = Self.colours(linear, Double(d))
        self.light = light.mixed(with: RGB(0xFFFFFF), paleness).hexadecimal
        self.dark = dark.mixed(with: RGB(0x14171C), paleness).hexadecimal
    }

    /// Chosen so that people of any colour vision tell them apart: the tests simulate it.
    private static func colours(_ linear: Linear, _ d: Double) -> (RGB, RGB) {
        switch linear {
        case .mlp: (RGB(0x20242C), RGB(0xF1F3F5))
        case .lowRank:
            (
                ramp([(1, 0xC98A4B), (16, 0x7B3F00), (512, 0x3D1F00)], d),
                ramp([(1, 0xF0C98C), (16, 0xD9952B), (512, 0x9A6410)], d)
            )
        case .pcn:
            (
                ramp([(1, 0x8A8F00), (4, 0x43A10F), (8, 0x1F578E), (16, 0x9330FC), (32, 0xC775B5), (512, 0xD6455D)], d),
                ramp([(1, 0xE5E36A), (4, 0x86EE62), (8, 0x2EA9D7), (16, 0x8B6CF9), (32, 0xDB4A8C), (512, 0xFF9C8A)], d)
            )
        }
    }

    /// Between the colours of the stops, by the logarithm of d.
    private static func ramp(_ stops: [(d: Double, colour: Int)], _ d: Double) -> RGB {
        guard let above = stops.firstIndex(where: { $0.d >= d }) else { return RGB(stops[stops.count - 1].colour) }
        let below = max(0, above - 1)
        let span = log2(stops[above].d / stops[below].d)
        let share = span == 0 ? 0 : log2(d / stops[below].d) / span
        return RGB(stops[below].colour).mixed(with: RGB(stops[above].colour), share)
    }
}

/// Styles for the lines of one plot, no two alike.
struct LineStyles {
    private struct Colour: Hashable {
        let linear: Linear
        let d: Int
    }

    private var variants: [Colour: Int] = [:]

    mutating func next(_ settings: Settings) -> LineStyle {
        // Under mlp d is the convolutions', and says nothing of the line's colour.
        let colour = Colour(linear: settings.linear, d: settings.linear == .mlp ? 0 : settings.d ?? 0)
        defer { variants[colour, default: 0] += 1 }
        return LineStyle(linear: colour.linear, d: colour.d, variant: variants[colour, default: 0])
    }
}

/// A colour's three parts, 0…255.
private struct RGB {
    let parts: [Double]

    init(_ hexadecimal: Int) { parts = [16, 8, 0].map { Double(hexadecimal >> $0 & 0xFF) } }

    private init(parts: [Double]) { self.parts = parts }

    func mixed(with other: RGB, _ share: Double) -> RGB {
        RGB(parts: zip(parts, other.parts).map { $0 + ($1 - $0) * share })
    }

    var hexadecimal: String { "#" + parts.map { String(format: "%02x", Int($0.rounded())) }.joined() }
}
