import Foundation
import Specs
import Testing

@testable import Lab
@testable import Reports

@Suite("Every format")
struct FormatTests {
    static let input = ReportInput(Runs.mixture) { Runs.curve($0) }

    @Test("marks unfinished runs and runs that were not trained as in the paper", arguments: ReportFormat.all.map(\.name))
    func honesty(_ name: String) throws {
        let text = try #require(ReportFormat.named(name)).render(Self.input)
        let plain = text.replacing("\\slash{}", with: "/")
        #expect(plain.contains("epochs 40") && plain.contains("CIFAR-10") || text.contains("cifar10"))
        for state in ["paused", "cancelled", "failed", "queued"] { #expect(plain.contains(state), "\(state)") }
        if name != "json" { #expect(plain.contains("7/3500") && plain.contains("12/3500")) }
    }

    @Test("for people has the mean, the paper's figure and the difference", arguments: ["markdown", "latex", "html"])
    func figures(_ name: String) throws {
        let text = try #require(ReportFormat.named(name)).render(Self.input)
        let plain = text.replacing("$\\pm$", with: "±").replacing("$-$", with: "−").replacing(/<[^>]*>/, with: "")
        #expect(plain.contains("61.2 ± 0.3") && plain.contains("(61.4, −0.2)"))
        #expect(plain.contains("82858; 82090 trainable"))
        #expect(plain.contains("settings that differ from the paper"))
    }

    @Test("says when there are no runs, and when no epoch is done", arguments: ["markdown", "latex", "html"])
    func empty(_ name: String) throws {
        let format = try #require(ReportFormat.named(name))
        #expect(try format.render(ReportInput([])).contains("No runs."))
        let queued = ReportInput([Runs.run(Runs.paper(), state: .queued, epoch: 0)])
        #expect(try format.render(queued).contains("queued, epoch 0"))
        if name == "html" { #expect(try format.render(queued).contains("No epoch is done yet.")) }
    }

    @Test("as CSV contains no formulas: text that starts like one and is not a number gets an apostrophe")
    func formulas() {
        #expect(CSV.line(["=1+1", "@a", "+a", "-a", "\ta", "\ra"]) == "'=1+1,'@a,'+a,'-a,\"'\ta\",\"'\ra\"\n")
        #expect(CSV.line(["-0.25", "+3", "-1e-05", "a=b", ""]) == "-0.25,+3,-1e-05,a=b,\n")
        #expect(CSV.line(["a,b", "say \"a\"", "a,\u{301}b"]) == "\"a,b\",\"say \"\"a\"\"\",\"a,\u{301}b\"\n")
    }

    @Test("has a column for each folder of own data, whatever its name, and the page's table too")
    func ownData() throws {
        let runs = try ["a/x", "b/x", "c/x|y`z<i>"].map { folder in
            let data = DatasetName.own(
                folder: "/\(folder)", classNames: ["p", "q"], trainImages: 9, testImages: 9, channels: 1, side: 8)
            return Runs.run(Settings(linear: .mlp, dataset: try #require(data)), digest: folder)
        }
        let input = ReportInput(runs)
        let lines = try ReportFormat.markdown.render(input).split(separator: "\n").filter { $0.hasPrefix("|") }
        #expect(lines[0].contains("x\\|y\\`z\\<i>"))
        let bars = lines.map { $0.replacing("\\|", with: "").count { $0 == "|" } }
        #expect(Set(bars) == [1 + 1 + 3 * 3], "\(lines)")
        let table = TableAnswer(input)
        #expect(Set(table.datasets.map(\.name)).count == 3)
        for row in table.rows { #expect(row.cells.keys.allSatisfy { name in table.datasets.contains { $0.name == name } }) }
        #expect(table.rows.reduce(0) { $0 + $1.cells.count } == 3)
    }

    @Test("puts any text on one line")
    func oneLine() {
        let lines = try? ReportFormat.markdown.render(Self.input).split(separator: "\n")
        #expect(lines?.allSatisfy { $0.hasPrefix("|") || $0.hasPrefix("- ") } == true)
    }
}

@Suite("HTML")
struct HTMLTests {
    @Test("is well formed and self-contained, with the table and the curves")
    func page() throws {
        let text = try ReportFormat.html.render(FormatTests.input)
        let page = try #require(XMLTree.read(text))
        #expect(text.hasPrefix("<!DOCTYPE html>\n"))
        let table = try #require(page.named("tbody").first)
        #expect(table.children.count == FormatTests.input.table.rows.count)
        #expect(table.children.allSatisfy { $0.children.count == 1 + 3 * 4 })
        // CIFAR-10, CIFAR-100, MNIST and Shapes; loss, train and test.
        #expect(page.named("svg").count == 12)
        let names = Set(page.all.map(\.name))
        #expect(names.isDisjoint(with: ["script", "link", "img", "iframe", "object", "use", "image", "a"]))
        #expect(
            page.all.allSatisfy { node in
                node.attributes.keys.allSatisfy { !["src", "href"].contains($0) && !$0.hasPrefix("on") }
            })
        let style = try #require(page.named("style").first?.text)
        #expect(!style.contains("url(") && !style.contains("@import") && !style.contains { "<>&\"'".contains($0) })
        #expect(style.contains("prefers-color-scheme: dark"))
    }

    @Test("shows any name or error as it is")
    func escaping() throws {
        let page = try #require(XMLTree.read(try ReportFormat.html.render(FormatTests.input)))
        let error = try #require(page.named("li").map(\.fullText).first { $0.contains("failed") })
        #expect(error.contains(Runs.nasty.onOneLine))
        #expect(page.named("title").first?.text.contains(Runs.nasty.onOneLine) == true)
    }
}

@Suite("LaTeX")
struct LaTeXTests {
    private let text = (try? ReportFormat.latex.render(FormatTests.input)) ?? ""

    @Test("is plain ASCII with balanced environments and braces, and has the same number of cells in each row")
    func structure() throws {
        #expect(text.utf8.allSatisfy { $0 == 10 || (32..<127).contains($0) })
        var open: [Substring] = []
        for match in text.matches(of: /\\(begin|end)\{(\w+)\}/) {
            if match.1 == "begin" { open.append(match.2) } else { #expect(open.popLast() == match.2) }
        }
        #expect(open.isEmpty)
        var depth = 0
        for match in text.matches(of: /\\.|[{}]/) { depth += match.0 == "{" ? 1 : match.0 == "}" ? -1 : 0 }
        #expect(depth == 0)
        let tables = text.split(separator: "\\begin{longtable}").dropFirst()
        #expect(tables.count == 2)
        for table in tables {
            let rows = table.split(separator: "\n").filter { $0.hasSuffix(" \\\\") }
            #expect(rows.count >= 3)
            for row in rows {
                let spans = row.matches(of: /\\multicolumn\{(\d)\}/).map { (Int($0.1) ?? 1) - 1 }.reduce(0, +)
                #expect(row.replacing("\\&", with: "").count { $0 == "&" } + spans == 12, "\(row)")
            }
        }
        #expect(["toprule", "midrule", "bottomrule"].allSatisfy { text.contains("\\\($0)") })
    }

    @Test("escapes characters that are special in TeX, and writes others by code point")
    func escaping() {
        let cases = [
            ("50 % of a_b & #1 {x} $y$", ##"50 \% of a\_b \& \#1 \{x\} $\mathdollar$y$\mathdollar$"##),
            ("~^\\", #"\textasciitilde{}\textasciicircum{}\textbackslash{}"#),
            ("λ 4.9, ε 0.1", #"$\lambda$ 4.9, $\varepsilon$ 0.1"#), ("61.2 ± 0.3 (−0.2)", #"61.2 $\pm$ 0.3 ($-$0.2)"#),
            ("é ü e\u{301} 日 --", #"{\'{e}} {\"{u}} {\'{e}} {[}U+65E5{]} -{}-"#),
        ]
        for (text, escaped) in cases { #expect(LaTeXText.escaped(text) == escaped) }
        #expect(!text.contains("\\end{document} \\") && text.hasSuffix("\\end{document}\n"))
    }

    static let pdflatex = ["/usr/bin/pdflatex", "/usr/local/bin/pdflatex", "/Library/TeX/texbin/pdflatex"]
        .first { FileManager.default.isExecutableFile(atPath: $0) }

    @Test("compiles without a warning and fits the page", .enabled(if: pdflatex != nil, "pdflatex is not installed"))
    func compiles() throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "pcnlab-latex-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        try Data(text.utf8).write(to: folder.appending(path: "report.tex"))
        for _ in 1...4 {
            let process = Process()
            process.executableURL = URL(fileURLWithPath: try #require(Self.pdflatex))
            process.arguments = ["-interaction=nonstopmode", "-halt-on-error", "-no-shell-escape", "report.tex"]
            process.currentDirectoryURL = folder
            process.standardOutput = FileHandle.nullDevice
            try process.run()
            process.waitUntilExit()
            #expect(process.terminationStatus == 0)
        }
        let log = String(decoding: try Data(contentsOf: folder.appending(path: "report.log")), as: UTF8.self)
        for bad in ["! ", "Warning", "Overfull \\hbox", "Missing character"] {
            #expect(!log.contains("\n\(bad)") && !(bad == "Warning" && log.contains(bad)), "\(bad): \(log.suffix(2000))")
        }
        // A font that not every installation has, and that would be made of dots.
        #expect(!log.contains("tcrm"))
        #expect(log.contains("Output written on report.pdf"))
    }
}
