import Foundation
import Specs

/// The style of a model's lines in every plot: a colour for each model, and dashes if a plot shows it trained in several ways. Where
/// it shows more ways than there are dashes, colours along a scale in place of the model's.
struct LineStyle: Sendable {
    /// As "#1f578e", on a white page.
    let light: String
    /// The same on a dark page.
    let dark: String
    /// Lengths of dashes and gaps; empty for an unbroken line.
    let dashes: String

    /// Patterns of dashes that can be told apart.
    static let patterns = ["", "7 4", "2 3", "9 3 2 3", "14 4", "5 2 2 2 2 2"]

    /// - Parameter variant: the index, from 0, of a way of training the model within one plot. The first six differ in
    ///   their dashes; later ones repeat these in a paler colour.
    init(linear: Linear, d: Int, variant: Int) {
        dashes = Self.patterns[(linear.colour.dashes + variant) % Self.patterns.count]
        let paleness = min(0.75, 0.25 * Double(variant / Self.patterns.count))
        light = Self.colour(linear.colour.light, Double(d)).mixed(with: RGB(0xFFFFFF), paleness).text
        dark = Self.colour(linear.colour.dark, Double(d)).mixed(with: RGB(0x14171C), paleness).text
    }

    /// - Parameters:
    ///   - place: the place on the scale of one of many ways of training a model: from 0 to 1.
    ///   - variant: chooses the dashes.
    init(place: Double, variant: Int) {
        dashes = Self.patterns[variant % Self.patterns.count]
        light = Self.colour(Self.scale.light, exp2(place)).text
        dark = Self.colour(Self.scale.dark, exp2(place)).text
    }

    /// The style of the paper's own figures: grey.
    static func paper(variant: Int) -> LineStyle {
        LineStyle(light: "#7b8490", dark: "#8d96a3", dashes: patterns[variant % patterns.count])
    }

    private init(light: String, dark: String, dashes: String) { (self.light, self.dark, self.dashes) = (light, dark, dashes) }

    /// From dark to light on white, and from light to dark on a dark page, so that it is a scale to any colour vision. The stops lie at
    /// 2 to the power of the place.
    private static let scale: (light: [LineColour.Stop], dark: [LineColour.Stop]) = (
        light: [0x120B37, 0x51127C, 0x932880, 0xC23B70, 0xE2574C].enumerated().map { (exp2(Double($0) / 4), $1) },
        dark: [0xFCFDBF, 0xFEC287, 0xFB8761, 0xE05A7A, 0xB0508F].enumerated().map { (exp2(Double($0) / 4), $1) }
    )

    /// The colour at d, interpolated between the stops by the logarithm of d.
    private static func colour(_ stops: [LineColour.Stop], _ d: Double) -> RGB {
        guard let above = stops.firstIndex(where: { $0.d >= d }) else { return RGB(stops[stops.count - 1].rgb) }
        let below = max(0, above - 1)
        let span = log2(stops[above].d / stops[below].d)
        let share = span == 0 ? 0 : log2(d / stops[below].d) / span
        return RGB(stops[below].rgb).mixed(with: RGB(stops[above].rgb), share)
    }

    /// How different two lines of the same dashes look, on the page where they look more alike.
    fileprivate func distance(to other: LineStyle) -> Double {
        min(RGB(light).distance(to: RGB(other.light)), RGB(dark).distance(to: RGB(other.dark)))
    }
}

/// Different styles for the lines of one plot.
struct LineStyles {
    /// The distance in Oklab below which two colours need different dashes.
    private static let nearest = 0.1
    /// Among more lines than these, no choice of styles helps.
    private static let most = 100

    /// - Parameter settings: those of the plot's lines, in order.
    /// - Returns: a style for each: the first of its model's that differs enough from those before it, or the one that differs most.
    static func styles(_ settings: [Settings]) -> [LineStyle] {
        let models = Dictionary(grouping: settings.indices) { Model(settings[$0]) }
        var styles: [LineStyle] = [], variants: [Model: Int] = [:], places: [Model: [Int: Double]] = [:]
        for (model, lines) in models where lines.count > LineStyle.patterns.count {
            places[model] = Self.places(lines, settings)
        }
        for (index, line) in settings.enumerated() {
            let model = Model(line)
            let first = variants[model, default: 0]
            let candidates = (first..<first + LineStyle.patterns.count).map { variant in
                places[model]?[index].map { LineStyle(place: $0, variant: variant) }
                    ?? LineStyle(linear: model.linear, d: model.d, variant: variant)
            }
            let distances = candidates.map { style in
                styles.prefix(most).filter { $0.dashes == style.dashes }.map { $0.distance(to: style) }.min() ?? .infinity
            }
            let chosen = distances.firstIndex { $0 > nearest } ?? distances.indices.max { distances[$0] < distances[$1] } ?? 0
            styles.append(candidates[chosen])
            variants[model] = first + 1
        }
        return styles
    }

    private struct Model: Hashable {
        let linear: Linear
        let d: Int

        init(_ settings: Settings) { (linear, d) = (settings.linear, settings.linearDimensions.d) }
    }

    /// A place between 0 and 1 for each of a model's lines: in the order of the settings in which they differ, numbers by size.
    private static func places(_ lines: [Int], _ settings: [Settings]) -> [Int: Double] {
        let varying = VaryingSettings(lines.lazy.map { settings[$0] }, epochs: true)
        let keys = lines.map { line in
            varying.values(settings[line]).map { ($0.flatMap(Double.init) ?? 0, $0 ?? "") }
        }
        let order = lines.indices.sorted { a, b in
            for (left, right) in zip(keys[a], keys[b]) where left != right { return left < right }
            return a < b
        }
        return Dictionary(
            uniqueKeysWithValues: order.enumerated().map { (lines[$1], Double($0) / Double(max(1, lines.count - 1))) })
    }
}

/// A colour as red, green and blue, 0…255.
private struct RGB {
    let parts: [Double]

    init(_ hexadecimal: Int) { parts = [16, 8, 0].map { Double(hexadecimal >> $0 & 0xFF) } }

    /// From a text such as "#1f578e".
    init(_ text: String) { self.init(Int(text.dropFirst(), radix: 16) ?? 0) }

    /// The distance in Oklab, in which equal distances look equally large.
    func distance(to other: RGB) -> Double {
        zip(oklab, other.oklab).map { ($0 - $1) * ($0 - $1) }.reduce(0, +).squareRoot()
    }

    /// Björn Ottosson, "A perceptual color space for image processing", 2020.
    private var oklab: [Double] {
        let linear = parts.map { part in
            part / 255 <= 0.04045 ? part / 255 / 12.92 : pow((part / 255 + 0.055) / 1.055, 2.4)
        }
        let product = { (matrix: [[Double]], vector: [Double]) in matrix.map { zip($0, vector).map(*).reduce(0, +) } }
        let cones = product(
            [
                [0.4122214708, 0.5363325363, 0.0514459929], [0.2119034982, 0.6806995451, 0.1073969566],
                [0.0883024619, 0.2817188376, 0.6299787005],
            ], linear)
        return product(
            [
                [0.2104542553, 0.7936177850, -0.0040720468], [1.9779984951, -2.4285922050, 0.4505937099],
                [0.0259040371, 0.7827717662, -0.8086757660],
            ], cones.map { cbrt($0) })
    }

    private init(parts: [Double]) { self.parts = parts }

    func mixed(with other: RGB, _ share: Double) -> RGB {
        RGB(parts: zip(parts, other.parts).map { $0 + ($1 - $0) * share })
    }

    /// As "#1f578e".
    var text: String { "#" + parts.map { String(format: "%02x", Int($0.rounded())) }.joined() }
}
