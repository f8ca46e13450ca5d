import Foundation
import Specs
import Testing

@testable import Reports

@Suite("A landscape's report")
struct LandscapeTests {
    private func ensemble(_ linear: Linear, _ losses: [Double], d: Int = 16, lambda: LayerValues = 1, isShuffled: Bool = false)
        -> LandscapeEnsemble
    {
        LandscapeEnsemble(
            Settings(linear: linear, d: d, lambda: lambda, dataset: .shapes), isShuffled: isShuffled,
            samples: losses.enumerated().map { .init(seed: $0.offset, loss: $0.element, accuracy: 0.1) })
    }

    private func landscape(_ losses: [Double], _ others: [LandscapeEnsemble]) -> Landscape {
        Landscape([ensemble(.mlp, losses)] + others, batch: 50)
    }

    @Test("compares mean losses with W's, and says what §6.5 expects within two standard errors")
    func conjecture() throws {
        let dense = ensemble(.mlp, [3, 4, 5])
        let error = (2 * (1.0 / 3)).squareRoot()
        for (shift, expected) in [(-2.0, "better"), (0.5, "comparable"), (-0.5, "comparable"), (2, "worse")] {
            let other = ensemble(.pcn, [3, 4, 5].map { $0 + shift })
            let advantage = try #require(other.advantage(over: dense))
            #expect(abs(advantage.value + shift) < 1e-12 && abs(advantage.error - error) < 1e-12)
            #expect(other.conjecture(over: dense) == expected)
        }
        #expect(ensemble(.pcn, [1]).conjecture(over: dense) == nil && ensemble(.pcn, []).conjecture(over: dense) == nil)
        #expect(dense.quantile(0) == 3 && dense.quantile(0.5) == 4 && dense.quantile(1) == 5)
    }

    @Test("has every finite loss in exactly one bin of one axis, whatever the losses are")
    func bins() {
        let cases: [[Double]] = [
            [2.3, 2.4, 2.35], [2.3], [], [.nan, .infinity], [2.3, 2.3], [2, 1e9, 40], [0, 5], [1e-12, 1e300], [0, 0],
            [.greatestFiniteMagnitude / 1e10, 1, .infinity],
        ]
        for losses in cases {
            let landscape = landscape(losses, [ensemble(.pcn, [2.5, 2.6]), ensemble(.pcn, losses, isShuffled: true)])
            let edges = landscape.edges
            #expect(edges.count == Landscape.bins + 1 && zip(edges, edges.dropFirst()).allSatisfy(<), "\(losses)")
            for ensemble in landscape.ensembles {
                let counts = landscape.counts(ensemble)
                #expect(counts.reduce(0, +) == ensemble.finite.count)
                for loss in ensemble.finite {
                    let near = counts.indices.filter {
                        counts[$0] > 0 && loss >= edges[$0] * (1 - 1e-9) - 1e-15 && loss <= edges[$0 + 1] * (1 + 1e-9)
                    }
                    #expect(!near.isEmpty, "\(loss) of \(losses)")
                }
            }
        }
    }

    @Test("draws labels, figures and histograms in text no wider than its columns, and says what is not finite")
    func text() throws {
        let landscape = landscape(
            [2.30, 2.31, 2.32],
            [ensemble(.pcn, [2.5, 2.6, .nan], lambda: 4.9), ensemble(.lowRank, [2.2, 2.3], d: 4, isShuffled: true)])
        let text = try LandscapeFormat.text.render([landscape])
        for part in [
            "LinearNet on Shapes", "768 → 1024 → 1024 → 2048 → 10; one batch of 50 training images, raw inputs, seed 1",
            "W of MLP",
            "F(D) of PCN16 (λ 4.9)", "UVᵀ of LowRank4, shuffled", "2.3100", "0.0100", "worse", "█",
            "F(D) of PCN16 (λ 4.9): 1 losses are not finite",
        ] { #expect(text.contains(part), "\(part)") }
        #expect(text.split(separator: "\n").allSatisfy { $0.count <= 130 && !$0.hasSuffix(" ") })
    }

    @Test("has every sample as a line of CSV and in JSON, null where a loss is not finite")
    func machineFormats() throws {
        let landscape = landscape([2.5, .infinity], [ensemble(.pcn, [3, 4], isShuffled: true)])
        let lines = try LandscapeFormat.csv.render([landscape]).split(separator: "\n", omittingEmptySubsequences: false)
        #expect(lines.count == 6 && lines[1] == "linearnet,shapes,1,LinearNet-MLP,,mlp,false,0,0,2.5,0.1")
        #expect(lines[2] == "linearnet,shapes,1,LinearNet-MLP,,mlp,false,1,1,,0.1" && lines[4].contains(",pcn,true,1,1,4.0,"))
        let json = try JSONSerialization.jsonObject(with: Data(LandscapeFormat.json.render([landscape]).utf8))
        let rows = try #require(json as? [[String: Any]])
        #expect(rows.count == 2 && rows[0]["mean"] as? Double == 2.5 && rows[0]["not_finite"] as? Int == 1)
        #expect((rows[0]["losses"] as? [Any])?.last is NSNull && rows[0]["advantage"] == nil)
        #expect(rows[1]["shuffled"] as? Bool == true && (rows[1]["histogram_counts"] as? [Int])?.reduce(0, +) == 2)
    }

    @Test("is drawn as a well-formed SVG with a line and a label for each way to make weights")
    func figure() throws {
        for losses in [[2.3, 2.4], [.nan], [1, 1e5]] {
            let figure = landscape(losses, [ensemble(.pcn, [2.5, 2.6]), ensemble(.pcn, [3], isShuffled: true)]).figure
            let svg = try #require(XMLTree.read(figure.svg))
            let texts = svg.named("text").map(\.text)
            #expect(
                texts.contains { $0.hasPrefix("W of MLP: ") }
                    && texts.contains { $0.hasPrefix("F(D) of PCN16: mean 2.55, sd 0.07") })
            #expect(texts.contains { $0.hasPrefix("loss (cross-entropy)") } && svg.named("title").count == 3)
            #expect(figure.fileName == "linearnet-shapes-s1-landscape.svg" && !figure.svg.contains("nan"))
        }
    }
}
