import Foundation
import Testing

@Suite("The colours of the page")
struct ContrastTests {
    private static let style = URL(filePath: #filePath).deletingLastPathComponent()
        .appending(path: "../../Sources/Service/Page/style.css").standardized

    /// Names and colours of each `:root` block: the light one, then the dark one, which replaces all of them.
    private static func palettes() throws -> [[String: String]] {
        let text = try String(contentsOf: style, encoding: .utf8)
        return text.matches(of: /:root\s*\{([^}]*)\}/).map { block in
            Dictionary(
                block.1.matches(of: /--([a-z-]+):\s*(#[0-9a-f]{6})/).map { (String($0.1), String($0.2)) },
                uniquingKeysWith: { $1 })
        }
    }

    /// WCAG 2.2's relative luminance of a colour such as #1f578e.
    private static func luminance(_ colour: String) -> Double {
        let whole = Int(colour.dropFirst(), radix: 16) ?? 0
        let parts = [16, 8, 0].map { shift -> Double in
            let part = Double(whole >> shift & 0xFF) / 255
            return part <= 0.04045 ? part / 12.92 : pow((part + 0.055) / 1.055, 2.4)
        }
        return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]
    }

    private static func contrast(_ left: String, _ right: String) -> Double {
        let (low, high) = (min(luminance(left), luminance(right)), max(luminance(left), luminance(right)))
        return (high + 0.05) / (low + 0.05)
    }

    @Test("of text have the contrast of level AA, 4.5 : 1, on both backgrounds, light and dark")
    func text() throws {
        let palettes = try Self.palettes()
        try #require(palettes.count == 2)
        for palette in palettes {
            let text = palette.keys.filter { !["page", "panel", "rule", "on-main"].contains($0) }
            #expect(text.count >= 9)
            for background in ["page", "panel"] {
                for name in text {
                    let contrast = Self.contrast(palette[name] ?? "", palette[background] ?? "")
                    #expect(contrast >= 4.5, "\(name) on \(background): \(contrast)")
                }
            }
            #expect(Self.contrast(palette["on-main"] ?? "", palette["main"] ?? "") >= 4.5, "text of the chosen button")
        }
    }
}
