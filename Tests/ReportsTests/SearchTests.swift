import Foundation
import Specs
import Testing

@testable import Lab
@testable import Reports

@Suite("The report of a search")
struct SearchReportTests {
    private static let widths: [[Int]] = [
        [1024, 1024, 2048], [2048, 1024, 2048], [1024, 1024], [2048, 512], [1024, 512, 512],
    ]

    /// Trials that differ in everything a panel can show; every third one is trained to its end.
    private static func search(_ trials: Int = 30) -> SearchSummary {
        let halving = Halving(rungs: [2, 6], oneOf: 3)
        return SearchSummary(
            experiment: "a <b> & \u{202E}c", halving: halving,
            trials: (0..<trials).map { index in
                var settings = Settings(
                    linear: index % 2 == 0 ? .pcn : .lowRank, d: [4, 8, 16][index % 3], widths: widths[index % widths.count],
                    dataset: .cifar10, validationSamples: 5000)
                settings.learningRate = 1e-5 * pow(10, Double(index) / 10)
                settings.batchSize = [128, 256][index / 2 % 2]
                settings.epochs = 18
                let accuracy = 0.2 + Double(index * 7 % trials) / 100
                let run = Runs.run(settings, state: index % 3 == 0 ? .completed : .pruned, epoch: index % 3 == 0 ? 18 : 2)
                return SearchSummary.Trial(
                    number: index + 1, run: run, rung: 0,
                    accuracies: index % 3 == 0 ? [accuracy, accuracy + 0.1, accuracy + 0.2] : [accuracy, nil, nil])
            })
    }

    @Test("has a panel for each setting that varies, the model's among them, and one for the parameters with its front")
    func panels() throws {
        let plot = try #require(SearchReport(Self.search()).plot)
        #expect(Set(plot.panels.map(\.title)) == ["linear", "d", "widths", "batch size", "learning rate", "linear parameters"])
        #expect(plot.panels.allSatisfy { $0.points.count == 30 })
        let front = try #require(plot.panels.first { $0.title == "linear parameters" }).front
        #expect(front.count > 1 && zip(front, front.dropFirst()).allSatisfy { $0.x <= $1.x && $0.accuracy < $1.accuracy })
    }

    @Test("draws no text over another one or beyond the picture, and every point within its panel")
    func places() throws {
        let svg = try #require(SearchReport(Self.search()).svg)
        let root = try #require(XMLTree.read(svg)?.children.first)
        let width = try #require(Double(root.attributes["width"] ?? "")),
            height = try #require(Double(root.attributes["height"] ?? ""))
        let boxes = root.named("text").compactMap { node -> (text: String, left: Double, right: Double, y: Double)? in
            guard let x = Double(node.attributes["x"] ?? ""), let y = Double(node.attributes["y"] ?? "") else { return nil }
            let size = Double(node.attributes["font-size"] ?? "") ?? 11, wide = PlotText.width(node.text, size: size)
            let left = ["middle": x - wide / 2, "end": x - wide][node.attributes["text-anchor"] ?? ""] ?? x
            return (node.text, left, left + wide, y)
        }
        #expect(boxes.count > 50)
        for (index, box) in boxes.enumerated() {
            #expect(box.left >= 0 && box.right <= width && box.y <= height, "\(box)")
            for other in boxes[(index + 1)...] where abs(other.y - box.y) < 9 {
                #expect(other.left >= box.right || other.right <= box.left, "\(box.text) and \(other.text)")
            }
        }
        for node in root.named("path") {
            let start = (node.attributes["d"] ?? "").dropFirst().split(whereSeparator: { $0 == " " || $0 == "L" })
            let x = try #require(Double(start[0])), y = try #require(Double(start[1]))
            #expect(x > 0 && x < width && y > 0 && y < height)
        }
    }

    @Test("is well formed in every format, whatever the names are, and has no test accuracy in any")
    func formats() throws {
        let report = SearchReport(Self.search())
        for format in SearchFormat.all {
            let text = try format.render(report)
            #expect(!text.contains("test accuracy") && !text.contains("test_accuracy"), "\(format.name)")
            #expect(
                text.contains(format.name == "csv" || format.name == "json" ? "linear_parameters" : "5,000 validation images"))
        }
        let html = try SearchFormat.html.render(report)
        #expect(XMLTree.read(html.replacing("<!DOCTYPE html>\n", with: "")) != nil)
        #expect(
            report.rows.map { $0[0] }.prefix(10).allSatisfy { (Int($0) ?? 0) % 3 == 1 },
            "those that were trained farthest come first")
    }

    @Test("says that nothing is trained yet, and draws nothing")
    func empty() throws {
        let search = Self.search(4)
        let fresh = SearchSummary(
            experiment: "s", halving: search.halving,
            trials: search.trials.map {
                SearchSummary.Trial(number: $0.number, run: $0.run, rung: 0, accuracies: [nil, nil, nil])
            })
        #expect(SearchReport(fresh).svg == nil && SearchReport(fresh).progress.hasPrefix("epoch 2: 0 of 4"))
        for format in SearchFormat.all { #expect(try !format.render(SearchReport(fresh)).isEmpty) }
    }
}
