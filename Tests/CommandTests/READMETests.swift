import Foundation
import ProgramUnderTest
import Testing

/// The README says what the program does: its commands are run, its spec is submitted, its tables are the program's.
@Suite("The README")
struct READMETests {
    private static let root = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    private static func text(_ path: String) -> String {
        (try? String(contentsOf: root.appending(path: path), encoding: .utf8)) ?? ""
    }

    /// The commands of a page, as words without quotes.
    private static func commands(_ page: String) -> [[String]] {
        text(page).split(separator: "\n").filter { $0.hasPrefix("$ pcnlab ") }
            .map { $0.dropFirst("$ pcnlab ".count).replacing("'", with: "").split(separator: " ").map(String.init) }
    }

    @Test("every command in it ends well, in its order, on a quick run of the quickstart, then those of docs/reports.md")
    func commandsRun() throws {
        let (own, reports) = (Self.commands("README.md"), Self.commands("docs/reports.md"))
        try #require(own.count >= 8 && reports.count >= 10)
        try Program.inNewFolder { program in
            try Self.prepare(program)
            var ids: [String] = []
            for command in own + reports {
                let (name, output) = (command.joined(separator: " "), try program.start(Self.named(command, ids)).finish())
                if ids.isEmpty { ids = output.lines.compactMap { $0.split(separator: " ").first.map(String.init) } }
                #expect(output.status == 0, "pcnlab \(name): \(output.error)")
                if let option = command.firstIndex(of: "--output") {
                    let file = try Data(contentsOf: program.folder.appending(path: command[option + 1]))
                    #expect(!file.isEmpty && output.out.isEmpty, "pcnlab \(name) writes its file")
                } else {
                    let isQuiet = ["work", "publish"].contains(command[0])
                    #expect(!output.out.isEmpty || isQuiet, "pcnlab \(name) prints something")
                }
            }
        }
    }

    /// The same experiment, with fewer and smaller epochs: `make demo` runs the whole of it.
    private static func prepare(_ program: Program) throws {
        let experiments = program.folder.appending(path: "experiments")
        try FileManager.default.copyItem(at: root.appending(path: "experiments"), to: experiments)
        let quickstart = text("experiments/quickstart.json")
            .replacing(#""epochs": 8"#, with: #""epochs": 2, "train_samples": 300, "widths": [32]"#)
        try Data(quickstart.utf8).write(to: experiments.appending(path: "quickstart.json"))
    }

    /// A command with the runs' ids here in place of those that the README's `submit` prints, in the same order.
    private static func named(_ command: [String], _ ids: [String]) -> [String] {
        let printed = text("README.md").matches(of: /(?m)^([0-9a-f]{16})  .*  queued$/).map { String($0.1) }
        return command.map { word in
            guard let place = printed.firstIndex(where: { word.count >= 6 && $0.hasPrefix(word) }), place < ids.count else {
                return word
            }
            return ids[place]
        }
    }

    @Test("make demo runs the quickstart through to its report")
    func demo() {
        let makefile = Self.text("Makefile")
        for command in ["submit experiments/quickstart.json", "work --drain", "report --experiment quickstart --curves curves"] {
            #expect(makefile.contains("$(PCNLAB) \(command)"))
        }
    }

    @Test("make bench writes the file of figures that it points at, which has every section")
    func bench() throws {
        #expect(Self.text("README.md").contains("[Benchmarks/RESULTS.md](Benchmarks/RESULTS.md), which `make bench` writes"))
        #expect(Self.text("Makefile").contains("swift build -c release --product Benchmarks\n\t.build/release/Benchmarks\n"))
        let results = Self.text("Benchmarks/RESULTS.md")
        let folder = Self.root.appending(path: "Benchmarks").path
        let sources = try FileManager.default.contentsOfDirectory(atPath: folder).filter { $0.hasSuffix(".swift") }
        let titles = sources.flatMap { file in
            Self.text("Benchmarks/\(file)").matches(of: /Section\(name: "[a-z]+", title: "([^"]+)"\)/).map { String($0.1) }
        }
        try #require(titles.count >= 7)
        for title in titles { #expect(results.contains("## \(title)\n"), "\(title)") }
    }

    @Test("make load writes the table that it points at, in which every bound holds")
    func load() {
        #expect(Self.text("README.md").contains("[Benchmarks/LOAD.md](Benchmarks/LOAD.md), which `make load` writes"))
        #expect(Self.text("Makefile").contains("swift build -c release --product Benchmarks\n\t.build/release/Benchmarks load\n"))
        #expect(Self.text("Benchmarks/LOAD.md").hasSuffix("\nEvery bound holds.\n"))
    }

    @Test("every promise in docs/promises.md has a test of the name that it gives")
    func promises() throws {
        #expect(Self.text("README.md").contains("](docs/promises.md)"))
        let page = Self.text("docs/promises.md")
        let lines = page.matches(of: /(?m)^\| .+ \| \[\w+\]\(\.\.\/(Tests\/\w+\/\w+\.swift)\): “(.+)” \|$/)
        try #require(lines.count >= 20)
        for line in lines {
            #expect(Self.text(String(line.1)).contains("\"\(line.2)\""), "\(line.1): \(line.2)")
        }
    }

    @Test("its spec is one that submit takes")
    func spec() throws {
        let blocks = Self.text("README.md").components(separatedBy: "```")
        let spec = try #require(blocks.first { $0.hasPrefix("json\n") }).dropFirst("json\n".count)
        try Program.inNewFolder { program in
            let output = try program.run("submit", "--dry-run", program.spec(String(spec)))
            #expect(output.status == 0 && output.lines.count == 11, "\(output.error)")
        }
    }

    @Test("its example of a fault is what submit prints")
    func fault() throws {
        try Program.inNewFolder { program in
            let spec = try program.spec(#"{"name":"a","architecture":"linearnet","dataset":"shapes","datset":"shapes"}"#)
            let error = try program.run("submit", spec).error
            #expect(Self.text("README.md").contains(error.trimmingCharacters(in: .whitespacesAndNewlines)))
        }
    }

    @Test(
        "its rows for commands with formats have every one, in the program's order, and so has the page about commands",
        arguments: ["README.md", "docs/commands.md"])
    func formats(_ page: String) throws {
        let page = Self.text(page)
        try Program.inNewFolder { program in
            let help = try program.run("report", "--help").out.replacing(/\s+/, with: " ")
            let names = try #require(help.firstMatch(of: /The report's format. \(values: ([a-z, ]+);/)).1.replacing(
                ", ", with: "\\|")
            #expect(page.contains("--format \(names)]"), "\(names)")
            let landscape = try program.run("landscape", "--help").out.replacing(/\s+/, with: " ")
            let ways = try #require(landscape.firstMatch(of: /The output format. \(values: ([a-z, ]+)\)/)).1.replacing(
                ", ", with: "\\|")
            #expect(page.contains("--format \(ways)]"), "\(ways)")
            let export = try program.run("export", "--help").out.replacing(/\s+/, with: " ")
            let files = try #require(export.firstMatch(of: /What is written. \(values: ([a-z, ]+);/)).1
            for name in files.split(separator: ", ") { #expect(page.contains(name), "\(name)") }
        }
    }

    @Test("it names every command, which have a row each in the page about commands")
    func complete() throws {
        let (readme, page) = (Self.text("README.md"), Self.text("docs/commands.md"))
        try Program.inNewFolder { program in
            let help = try program.run("--help").out
            let list = help.components(separatedBy: "SUBCOMMANDS:\n").last?.components(separatedBy: "\n\n").first
            let listed = list?.split(separator: "\n").compactMap { line in
                line.hasPrefix("  ") && !line.hasPrefix("   ") ? line.split(separator: " ").first.map(String.init) : nil
            }
            let names = try #require(listed)
            #expect(names.count >= 13)
            for name in names {
                #expect(readme.contains("`\(name)"), "\(name)")
                #expect(page.contains(try Regex("(?m)^\\| .*`\(name)\\b")), "\(name)")
            }
        }
    }

    @Test("the page about specs, to which it leads, names every field of one")
    func fields() throws {
        let page = Self.text("docs/spec.md")
        let schema = try JSONSerialization.jsonObject(with: Data(Self.text("experiments/experiment.schema.json").utf8))
        let fields = try #require((schema as? [String: Any])?["properties"] as? [String: Any]).keys
        #expect(Self.text("README.md").contains("](docs/spec.md)"))
        for field in fields { #expect(page.contains("`\(field)`") || page.contains("`\"\(field)\":"), "\(field)") }
    }
}
