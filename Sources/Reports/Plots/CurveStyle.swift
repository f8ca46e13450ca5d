import Lab
import Specs

/// The style of a run's curve, as the reports draw it, and its label among other runs.
public struct CurveStyle: Encodable, Sendable {
    let id: String
    /// As "#1f578e", on a white page.
    let colour: String
    /// The same on a dark page.
    let dark: String
    /// Lengths of dashes and gaps; empty for an unbroken line.
    let dash: [Double]
    /// The model and what sets it apart from the other runs; the seed is not included.
    let label: String

    /// Runs that differ in nothing but the seed, or the data set, have the same style.
    public static func styles(of runs: [RunSummary]) -> [CurveStyle] {
        let keys = runs.map { run in
            var settings = run.settings
            settings.seed = 0
            settings.epochs = 1
            return [run.model, settings.dataset.label] + settings.deviationsFromPaper.map(\.text)
        }
        var lines: [[String]] = [], settings: [Settings] = []
        for (key, run) in zip(keys, runs) where !lines.contains(key) {
            lines.append(key)
            settings.append(run.settings)
        }
        let styles = Dictionary(zip(lines, LineStyles.styles(settings))) { first, _ in first }
        let varying = VaryingSettings(settings, epochs: true)
        return zip(keys, runs).compactMap { key, run in
            guard let style = styles[key] else { return nil }
            let own = varying.labels(run.settings).compactMap(\.self)
            return CurveStyle(
                id: run.id, colour: style.light, dark: style.dark,
                dash: style.dashes.split(separator: " ").compactMap { Double($0) },
                label: run.model + (own.isEmpty ? "" : " (\(own.joined(separator: ", ")))"))
        }
    }
}
