import Foundation
import Specs
import Testing

@testable import Reports

/// The lines' colours as people see them: distances in Oklab after Machado et al. (2009), full dichromacy.
@Suite("Colours of lines")
struct ColourVisionTests {
    /// Every linear part; a PCN for each d of Table 1.
    private static let models: [(Linear, Int)] = Linear.all.flatMap { linear in
        (linear == .pcn ? [4, 8, 16, 32] : [16]).map { (linear, $0) }
    }

    private static let visions: [(name: String, matrix: [[Double]])] = [
        ("full", [[1, 0, 0], [0, 1, 0], [0, 0, 1]]),
        (
            "protan",
            [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]]
        ),
        (
            "deutan",
            [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]]
        ),
        (
            "tritan",
            [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]]
        ),
    ]

    @Test(
        "can be distinguished with any colour vision, or by their dashes, and contrast with the page",
        arguments: ["light", "dark"])
    func distances(_ scheme: String) {
        let page = scheme == "light" ? "#ffffff" : "#14171c"
        let styles = Self.models.map { LineStyle(linear: $0, d: $1, variant: 0) }
        let colours = styles.map { scheme == "light" ? $0.light : $0.dark }
        for colour in colours { #expect(contrast(colour, page) >= 3, "\(colour)") }
        for (name, matrix) in Self.visions {
            for i in colours.indices {
                for j in colours.indices where j < i && styles[i].dashes == styles[j].dashes {
                    let (a, b) = (Oklab.values(seen(colours[i], matrix)), Oklab.values(seen(colours[j], matrix)))
                    let distance = zip(a, b).map { ($0 - $1) * ($0 - $1) }.reduce(0, +).squareRoot()
                    #expect(distance > 0.1, "\(colours[i]) and \(colours[j]) to \(name) vision")
                }
            }
        }
    }

    private func seen(_ colour: String, _ matrix: [[Double]]) -> [Double] {
        matrix.map { row in min(1, max(0, zip(row, Oklab.linear(colour)).map(*).reduce(0, +))) }
    }

    private func contrast(_ a: String, _ b: String) -> Double {
        let light = [a, b].map { zip([0.2126, 0.7152, 0.0722], Oklab.linear($0)).map(*).reduce(0.05, +) }
        return light.max()! / light.min()!
    }
}

/// Colours such as "#1f578e" in Oklab.
enum Oklab {
    static func lightness(_ colour: String) -> Double { values(colour)[0] }

    static func distance(_ a: String, _ b: String) -> Double {
        zip(values(a), values(b)).map { ($0 - $1) * ($0 - $1) }.reduce(0, +).squareRoot()
    }

    static func linear(_ colour: String) -> [Double] {
        let value = Int(colour.dropFirst(), radix: 16) ?? 0
        return [16, 8, 0].map { shift in
            let part = Double(value >> shift & 0xFF) / 255
            return part <= 0.04045 ? part / 12.92 : pow((part + 0.055) / 1.055, 2.4)
        }
    }

    static func values(_ colour: String) -> [Double] { values(linear(colour)) }

    static func values(_ rgb: [Double]) -> [Double] {
        let cones = [
            [0.4122214708, 0.5363325363, 0.0514459929], [0.2119034982, 0.6806995451, 0.1073969566],
            [0.0883024619, 0.2817188376, 0.6299787005],
        ].map { cbrt(zip($0, rgb).map(*).reduce(0, +)) }
        return [
            [0.2104542553, 0.7936177850, -0.0040720468], [1.9779984951, -2.4285922050, 0.4505937099],
            [0.0259040371, 0.7827717662, -0.8086757660],
        ].map { zip($0, cones).map(*).reduce(0, +) }
    }
}
