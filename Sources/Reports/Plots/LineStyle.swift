import Foundation
import Specs

/// The style of a model's lines in every plot: a colour for each model, and dashes if a plot shows it trained in several ways.
struct LineStyle: Sendable {
    /// As "#1f578e", on a white page.
    let light: String
    /// The same on a dark page.
    let dark: String
    /// Lengths of dashes and gaps; empty for an unbroken line.
    let dashes: String

    /// - Parameter variant: the index, from 0, of a way of training the model within one plot. The first six differ in
    ///   their dashes; later ones repeat these in a paler colour.
    init(linear: Linear, d: Int, variant: Int) {
        let patterns = ["", "7 4", "2 3", "9 3 2 3", "14 4", "5 2 2 2 2 2"]
        dashes = patterns[variant % patterns.count]
        let paleness = min(0.75, 0.25 * Double(variant / patterns.count))
        light = Self.colour(linear.colour.light, Double(d)).mixed(with: RGB(0xFFFFFF), paleness).text
        dark = Self.colour(linear.colour.dark, Double(d)).mixed(with: RGB(0x14171C), paleness).text
    }

    /// The colour at d, interpolated between the stops by the logarithm of d.
    private static func colour(_ stops: [LineColour.Stop], _ d: Double) -> RGB {
        guard let above = stops.firstIndex(where: { $0.d >= d }) else { return RGB(stops[stops.count - 1].rgb) }
        let below = max(0, above - 1)
        let span = log2(stops[above].d / stops[below].d)
        let share = span == 0 ? 0 : log2(d / stops[below].d) / span
        return RGB(stops[below].rgb).mixed(with: RGB(stops[above].rgb), share)
    }
}

/// Assigns different styles to the lines of one plot.
struct LineStyles {
    private struct Colour: Hashable {
        let linear: Linear
        let d: Int
    }

    private var variants: [Colour: Int] = [:]

    mutating func next(_ settings: Settings) -> LineStyle {
        let colour = Colour(linear: settings.linear, d: settings.linearDimensions.d)
        defer { variants[colour, default: 0] += 1 }
        return LineStyle(linear: colour.linear, d: colour.d, variant: variants[colour, default: 0])
    }
}

/// A colour as red, green and blue, 0…255.
private struct RGB {
    let parts: [Double]

    init(_ hexadecimal: Int) { parts = [16, 8, 0].map { Double(hexadecimal >> $0 & 0xFF) } }

    private init(parts: [Double]) { self.parts = parts }

    func mixed(with other: RGB, _ share: Double) -> RGB {
        RGB(parts: zip(parts, other.parts).map { $0 + ($1 - $0) * share })
    }

    /// As "#1f578e".
    var text: String { "#" + parts.map { String(format: "%02x", Int($0.rounded())) }.joined() }
}
