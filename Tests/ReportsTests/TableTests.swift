import Foundation
import Specs
import Testing

@testable import Lab
@testable import Reports

@Suite("The table")
struct TableTests {
    private let sweep: [RunSummary] = [
        Runs.run(Runs.paper(.mlp), train: 0.97, test: 0.525),
        Runs.run(Runs.paper(d: 16, seed: 1), train: 0.610, test: 0.528, loss: 1.1),
        Runs.run(Runs.paper(d: 16, seed: 2), train: 0.614, test: 0.530, loss: 1.2),
        Runs.run(Runs.paper(d: 16, seed: 3), state: .running, epoch: 12, train: 0.3, test: 0.3),
        Runs.run(Runs.paper(d: 4), state: .paused, epoch: 7, train: 0.2, test: 0.1),
        Runs.run(Runs.paper(d: 16, .cifar100), state: .queued, epoch: 0),
        Runs.run(Settings(dataset: .cifar10, epochs: 40), train: 0.43, test: 0.41),
    ]

    @Test("has the paper's order of rows and columns, and a row for each way of training")
    func order() {
        let table = ReportTable(sweep)
        #expect(
            table.rows.map(\.label) == ["LinearNet-PCN4", "LinearNet-PCN16", "LinearNet-PCN16 (epochs 40)", "LinearNet-MLP"])
        #expect(table.datasets == [.cifar10, .cifar100])
        let header = markdownLines(sweep)[0]
        #expect(
            header == [
                "Model", "CIFAR-10 params (M)", "CIFAR-10 train %", "CIFAR-10 test %", "CIFAR-100 params (M)",
                "CIFAR-100 train %", "CIFAR-100 test %",
            ])
    }

    @Test("has the best row first where it is ranked, rows without a completed run last")
    func ranked() {
        #expect(
            ReportTable(sweep, ranked: true).rows.map(\.label) == [
                "LinearNet-PCN16", "LinearNet-MLP", "LinearNet-PCN16 (epochs 40)", "LinearNet-PCN4",
            ])
    }

    @Test("names above the rows the settings in which all of them differ from the paper, and counts convolutions in a note")
    func headings() throws {
        let short = { (linear: Linear, convolution: Convolution, lambda: LayerValues) in
            Runs.run(
                Settings(
                    architecture: .convnet, linear: linear, convolution: convolution, lambda: lambda, dataset: .cifar10, epochs: 3
                ))
        }
        let runs = [short(.mlp, .dense, 1), short(.pcn, .dense, 1), short(.pcn, .pcn, 4.9)]
        let table = ReportTable(runs), text = TableText(table: table)
        #expect(text.heading == "All rows differ from the paper in: epochs 3.")
        #expect(
            table.rows.map(\.label) == [
                "ConvNet-PCN16", "ConvNet-MLP", "ConvNetPCN16-PCN16 (λ 4.9)",
            ])
        #expect(
            text.notes.contains(
                "Convolutions have further parameters: 5351680 in ConvNet-PCN16 and ConvNet-MLP; 30096 in "
                    + "ConvNetPCN16-PCN16."))
        #expect(TableText(table: ReportTable(sweep)).heading == nil)
        let input = ReportInput(runs)
        for format in [ReportFormat.markdown, .latex, .html] {
            #expect(try format.render(input).contains("All rows differ from the paper in: epochs 3."), "\(format.name)")
        }
    }

    @Test("shows mean ± deviation over seeds, the paper's figure and the difference, and never averages unfinished runs")
    func figures() {
        let lines = markdownLines(sweep)
        #expect(
            lines[3][1...3].map { $0 } == [
                "0.083 (82858; 82090 trainable)", "61.2 ± 0.3 (61.4, −0.2); without epoch 12/3500",
                "52.9 ± 0.1 (53.0, −0.1); without epoch 12/3500",
            ])
        #expect(lines[5][1...3].map { $0 } == ["3.957 (3956746)", "97.0 (96.8, +0.2)", "52.5 (52.1, +0.4)"])
        #expect(lines[2][2...3].map { $0 } == ["paused, epoch 7/3500 (48.4)", "paused, epoch 7/3500 (46.0)"])
        #expect(lines[3][5] == "queued, epoch 0/3500 (31.9)")
    }

    @Test("has the paper's figures only in rows trained as in the paper")
    func paperOnlyBesideItsOwn() {
        let lines = markdownLines(sweep)
        #expect(lines[4][2...3].map { $0 } == ["43.0", "41.0"])
        #expect(Runs.paper(d: 4, .mnist).paperRow == nil)
    }

    @Test("names runs that were trained with several kinds of arithmetic, and the errors of unfinished ones")
    func notes() throws {
        let text = try ReportFormat.markdown.render(
            ReportInput([
                Runs.run(Runs.paper(), kernels: ["Haswell", "Zen"]),
                Runs.run(Runs.paper(d: 8), state: .failed, epoch: 3, error: "no space | left"),
            ]))
        #expect(text.contains("several kinds of arithmetic (Haswell; Zen)"))
        #expect(text.contains("failed, epoch 3/3500") && text.contains("no space \\| left"))
    }

    @Test("never averages runs of the same settings on different data, and names the data if there are several")
    func data() throws {
        let (one, other) = ("aaaabbbb0" + String(repeating: "0", count: 55), "aaaabbbb1" + String(repeating: "0", count: 55))
        let runs = [
            Runs.run(Runs.paper(seed: 1), train: 0.6, digest: one), Runs.run(Runs.paper(seed: 2), train: 0.7, digest: other),
            Runs.run(Runs.paper(seed: 3), train: 0.8, digest: other),
            Runs.run(Runs.paper(seed: 4), state: .paused, epoch: 7, digest: other),
            Runs.run(Runs.paper(d: 16, .cifar100), digest: "c"), Runs.run(Runs.paper(.mlp), digest: one),
        ]
        let table = ReportTable(runs)
        #expect(
            table.rows.map(\.label) == [
                "LinearNet-PCN16 (data aaaabbbb0)", "LinearNet-PCN16 (data aaaabbbb1)", "LinearNet-PCN16",
                "LinearNet-MLP (data aaaabbbb0)",
            ])
        #expect(table.rows.compactMap { $0.cells[.cifar10]?.seeds } == [[1], [2, 3], [1]])
        #expect(table.tidyRows.map(\.datasetDigest) == [one, other, "c", one])
        let notes = TableText(table: table).notes
        #expect(notes.contains { $0.hasPrefix("Data: ") } && notes.contains { $0.contains("seed 4, data aaaabbbb1, paused") })
        #expect(!notes.contains { $0.contains("settings that differ") })
        let input = ReportInput(runs) { Runs.curve($0) }
        #expect(
            try input.figures()[0].plot.series.map(\.label).prefix(2).map { $0.split(separator: ",")[0] } == [
                "PCN16 (data aaaabbbb0)", "PCN16 (data aaaabbbb1)",
            ])
        #expect(TableText(table: ReportTable(sweep)).notes.allSatisfy { !$0.hasPrefix("Data: ") })
    }

    @Test("of 10,000 runs that all differ has them in the order of their submission")
    func many() throws {
        let runs = (1...10_000).map { index in
            Runs.run(
                Settings(d: 16 + index % 2, dataset: .cifar10, epochs: 1 + index),
                id: String(repeating: "0", count: 16 - "\(index)".count) + "\(index)")
        }
        let table = ReportTable(runs)
        #expect(table.rows.count == 10_000)
        #expect(table.rows.prefix(2).map(\.label) == ["LinearNet-PCN16 (epochs 3)", "LinearNet-PCN16 (epochs 5)"])
        #expect(table.rows.last?.label == "LinearNet-PCN17 (epochs 10000)")
        let input = ReportInput(runs)
        for format in ReportFormat.all { #expect(try format.render(input).utf8.count > 500_000, "\(format.name)") }
        #expect(Set(CurveFile.files(of: runs, experiment: "a").map(\.path)).count == 10_000)
    }

    @Test("is the same in every format: as many figures, whatever the lab holds", arguments: ReportFormat.all.map(\.name))
    func formats(_ name: String) throws {
        let format = try #require(ReportFormat.named(name))
        for runs in [[], sweep] {
            let text = try format.render(ReportInput(runs))
            #expect(text.hasSuffix("\n"))
            if !runs.isEmpty { #expect(text.contains("LinearNet-PCN4") && text.contains("82858")) }
        }
    }

    @Test("as CSV and JSON has fractions, deviations and what is unfinished")
    func tidy() throws {
        let rows = ReportTable(sweep).tidyRows
        let row = try #require(rows.first { $0.model == "LinearNet-PCN16" && $0.settings.isEmpty && $0.dataset == "cifar10" })
        #expect(abs((row.trainMean ?? 0) - 0.612) < 1e-12 && abs((row.trainDifference ?? 0) + 0.002) < 1e-12)
        #expect(row.seeds == [1, 2] && row.unfinished.map(\.epoch) == [12] && row.paperLoss == 1.102)
        let csv = try ReportFormat.csv.render(ReportInput(sweep)).split(separator: "\n")
        #expect(csv.count == rows.count + 1)
        let columns = csv[0].split(separator: ",").count
        let objects = try #require(
            try JSONSerialization.jsonObject(with: Data(ReportFormat.json.render(ReportInput(sweep)).utf8)) as? [[String: Any]])
        // The same names in both, every setting among them; what has no value is null.
        #expect(objects.allSatisfy { Set($0.keys) == Set(csv[0].split(separator: ",").map(String.init)) })
        let settings = Settings.keys.filter { $0 != "seed" }
        #expect(csv[0].split(separator: ",").map(String.init).filter(settings.contains).count == settings.count)
        let mlp = try #require(objects.first { $0["linear"] as? String == "mlp" })
        #expect(mlp["lambda"] is NSNull && mlp["epochs"] as? Int == 3500 && mlp["widths"] as? [Int] == [1024, 1024, 2048])
        #expect(csv.allSatisfy { $0.split(separator: ",", omittingEmptySubsequences: false).count == columns })
    }

    /// The cells of the Markdown table, line by line; the second is the rule.
    private func markdownLines(_ runs: [RunSummary]) -> [[String]] {
        let text = (try? ReportFormat.markdown.render(ReportInput(runs))) ?? ""
        return text.split(separator: "\n").filter { $0.hasPrefix("|") }.map { line in
            line.split(separator: "|").map { $0.trimmingCharacters(in: .whitespaces) }
        }
    }
}

@Suite("Curves")
struct CurveTests {
    private let runs = [
        Runs.run(Runs.paper()), Runs.run(Runs.paper(seed: 2)), Runs.run(Settings(lambda: 4, dataset: .cifar10, seed: 2)),
        Runs.run(Runs.paper(), digest: "e"),
    ]

    @Test("are named by model, data set, seed and run, so that no two share a name")
    func names() {
        let files = CurveFile.files(of: runs, experiment: "λ sweep")
        for (file, run) in zip(files, runs) {
            #expect(file.path == "λ sweep/LinearNet-PCN16-cifar10-s\(run.settings.seed)-\(run.id.prefix(8)).csv")
        }
        #expect(Set(files.map(\.path)).count == runs.count)
        let twins = [Runs.run(Runs.paper(), id: "00000000aaaaaaaa"), Runs.run(Runs.paper(), id: "00000000bbbbbbbb", digest: "e")]
        #expect(
            CurveFile.files(of: twins, experiment: "a").map(\.name) == [
                "a/LinearNet-PCN16-cifar10-s1-00000000aaaaaaaa", "a/LinearNet-PCN16-cifar10-s1-00000000bbbbbbbb",
            ])
    }

    @Test("have an index with the settings and the data of every run")
    func index() throws {
        let files = CurveFile.files(of: runs + [Runs.run(Runs.paper(.mlp))], experiment: "a")
        let lines = CurveFile.index(files).split(separator: "\n").map {
            $0.split(separator: ",", omittingEmptySubsequences: false)
        }
        #expect(lines.count == files.count + 1 && lines.allSatisfy { $0.count == lines[0].count })
        #expect(
            lines[0].starts(with: [
                "file", "id", "model", "state", "epoch", "dataset_digest", "architecture", "filters", "linear", "convolution",
                "d", "lambda",
            ]))
        for (line, file) in zip(lines.dropFirst(), files) {
            #expect(String(line[0]) == file.path && String(line[1]) == file.run.id && String(line[5]) == file.run.datasetDigest)
        }
        let lambda = try #require(lines[0].firstIndex(of: "lambda"))
        #expect(lines.dropFirst().map { String($0[lambda]) } == ["1", "1", "4", "1", ""])
    }

    @Test("of two experiments never share a folder, and no name leads out of the output folder")
    func folders() {
        let folder = { (name: String) in
            CurveFile.files(of: [Runs.run(Runs.paper())], experiment: name)[0].path.split(separator: "/")
        }
        #expect(folder("a b")[0] != folder("a_b")[0] && folder("index.csv")[0] != "index.csv")
        let long = String(repeating: "λ", count: 60)
        #expect(folder(long)[0] == long[...])
        // As only a database altered by hand has them.
        for name in ["..", ".", "", "../../etc", "/etc", "a\0b", String(repeating: "ε", count: 1_000_000)] {
            let parts = folder(name)
            #expect(
                parts.count == 2 && !parts.contains("..") && !parts.contains(".") && parts[0].utf8.count <= 255,
                "\(parts[0].prefix(50))")
        }
    }

    @Test("are in folders that no file system takes for one: case, composed accents, devices, characters that it replaces")
    func alike() {
        let names = [
            "a", "A", "café", "cafe\u{301}", "CAFÉ", "ß", "ss", "SS", "ﬁ", "fi", "ς", "σ", "ı", "i", "I", "İ", "con", "con.txt",
            "a:b",
            "a_b", "a?b", "a.", "a~b", "A~559aead0", "a~559aead0", "index.csv", ".a", ".A", "x\u{FFFF}", "λ sweep", "Λ sweep",
        ]
        let folders = names.map { name in
            String(CurveFile.files(of: [Runs.run(Runs.paper())], experiment: name)[0].path.split(separator: "/")[0])
        }
        // As a file system without case and of one composition compares them.
        let keys = folders.map { Array($0.precomposedStringWithCompatibilityMapping.uppercased().lowercased().utf8) }
        #expect(Set(keys).count == names.count, "\(folders)")
        #expect(
            folders.allSatisfy { $0.utf8.count <= 200 && !$0.contains(/[\\:*?"<>|]/) && !$0.hasSuffix(".") && !$0.hasSuffix(" ") }
        )
        #expect(folders[0] == "a" && folders[2] == "café" && folders[29] == "λ sweep")
        let long = String(repeating: "😀", count: 60)
        let ends = [long, long.dropLast() + "😁"].map {
            CurveFile.files(of: [Runs.run(Runs.paper())], experiment: String($0))[0].path
        }
        #expect(ends[0] != ends[1] && ends.allSatisfy { $0.split(separator: "/").allSatisfy { $0.utf8.count <= 200 } })
    }

    @Test("of experiments whose names only look alike are all written")
    func lookAlikes() {
        let one = Runs.run(Runs.paper(), experiments: ["café"]),
            other = Runs.run(Runs.paper(seed: 2), experiments: ["cafe\u{301}"])
        let files = CurveFile.files(of: [one, other], in: \.experiments)
        #expect(files.count == 2 && Set(files.map { Array($0.path.split(separator: "/")[0].utf8) }).count == 2)
    }

    @Test("have the promised header and every digit")
    func contents() {
        let row = EpochRow(epoch: 1, loss: 0.1 + 0.2, trainAccuracy: 0.5, testAccuracy: 0.25, seconds: 3)
        #expect(CurveFile.csv([row]) == "epoch,loss,train_accuracy,test_accuracy\n1,0.30000000000000004,0.5,0.25\n")
    }
}
