import Foundation
import ProgramUnderTest
import Testing

@Suite("status and report")
struct ReportTests {
    @Test("status --json has every promised key, also for a run that has not begun")
    func statusKeys() throws {
        try Program.inNewFolder { program in
            try program.run("submit", program.spec(smallSpec("a", epochs: 2)), "--tag", "first", "--priority", "3")
            let promised = [
                "id", "experiment", "model", "dataset", "seed", "settings", "state", "epoch", "epochs", "loss", "train_accuracy",
                "test_accuracy", "seconds_per_epoch", "seconds_left", "attempts", "error", "linear_parameters",
                "paper_linear_parameters", "weights_sha256",
            ]
            for run in try program.status().values {
                #expect(promised.allSatisfy { run.keys.contains($0) })
                #expect(run["weights_sha256"] is NSNull && run["state"] as? String == "queued")
                #expect(run["tags"] as? [String] == ["first"] && run["priority"] as? Int == 3)
            }
            try program.run("work", "--drain")
            for run in try program.status().values {
                #expect(run["state"] as? String == "completed" && (run["weights_sha256"] as? String)?.count == 64)
                #expect(run["loss"] is Double && run["seconds_left"] is NSNull)
            }
        }
    }

    @Test("report prints the table in each format, and curves with the promised header")
    func formats() throws {
        try Program.inNewFolder { program in
            try program.run("submit", program.spec(smallSpec("a", epochs: 2, more: #", "include": [{"seed": 2}]"#)))
            try program.run("work", "--drain")
            let markdown = try program.run("report").out
            #expect(markdown.hasPrefix("**All rows differ from the paper in: "))
            #expect(markdown.contains("| Model") && markdown.contains("LinearNet-PCN16 ") && markdown.contains(" ± "))
            let csv = try program.run("report", "--format", "csv").lines
            #expect(csv.count == 4 && csv[0].hasPrefix("model,settings,dataset,linear_parameters,"))
            let excel = try program.run("report", "--format", "csv", "--excel", "--output", "excel.csv")
            let bytes = try Data(contentsOf: program.folder.appending(path: "excel.csv"))
            #expect(
                excel.status == 0 && bytes.starts(with: [0xEF, 0xBB, 0xBF])
                    && bytes.dropFirst(3).starts(with: Data("model,".utf8)))
            #expect(try program.run("report", "--excel").status == 64)
            let json = try program.run("report", "--format", "json", "--output", "r/table.json")
            #expect(json.out.isEmpty)
            let rows = try JSONSerialization.jsonObject(with: Data(contentsOf: program.folder.appending(path: "r/table.json")))
            #expect((rows as? [[String: Any]])?.count == 3)
            #expect(try program.run("report", "--format", "word").status == 64)
            #expect(try program.run("report", "--experiment", "b").status == 64)

            try program.run("report", "--curves", "c", "--experiment", "a")
            let curves = program.folder.appending(path: "c/a")
            let names = try FileManager.default.contentsOfDirectory(atPath: curves.path).sorted()
            let expected = try program.status().map { id, run in
                "\(run["model"] ?? "")-shapes-s\(run["seed"] ?? 0)-\(id.prefix(8)).csv"
            }
            #expect(names == expected.sorted() && names.count == 4)
            let index = try String(contentsOf: program.folder.appending(path: "c/index.csv"), encoding: .utf8)
            #expect(index.hasPrefix("file,id,model,") && names.allSatisfy { index.contains("\na/\($0),") })
            let lines = try String(contentsOf: curves.appending(path: names[0]), encoding: .utf8).split(separator: "\n")
            #expect(lines.count == 3 && lines[0] == "epoch,loss,train_accuracy,test_accuracy" && lines[2].hasPrefix("2,"))
        }
    }

    @Test("report writes a page that needs no other file, a LaTeX document, and Figure 5 as one SVG a quantity")
    func drawings() throws {
        try Program.inNewFolder { program in
            try program.run("submit", program.spec(smallSpec("a <b> & 50 %_", epochs: 2)))
            let waiting = try program.run("report", "--format", "html", "--plots", "none")
            #expect(waiting.status == 0 && waiting.out.contains("No epoch is done yet.") && waiting.error.contains("0 plots"))
            try program.run("work", "--drain")

            let page = try program.run("report", "--format", "html", "--plots", "p")
            #expect(page.status == 0 && page.error == "3 plots in p\n")
            #expect(page.out.contains("a &lt;b&gt; &amp; 50 %_") && page.out.components(separatedBy: "<svg ").count == 4)
            #expect(!page.out.contains("<script") && !page.out.contains("href") && !page.out.contains("src="))
            let names = try FileManager.default.contentsOfDirectory(atPath: program.folder.appending(path: "p").path).sorted()
            #expect(names == ["loss", "test-accuracy", "train-accuracy"].map { "linearnet-shapes-\($0).svg" })
            for name in names {
                let svg = try String(contentsOf: program.folder.appending(path: "p/\(name)"), encoding: .utf8)
                #expect(svg.hasSuffix("</svg>\n") && svg.contains(">PCN16</text>") && svg.contains(">MLP</text>"))
            }

            let latex = try program.run("report", "--format", "latex", "--output", "t/table.tex")
            #expect(latex.status == 0 && latex.out.isEmpty)
            let text = try String(contentsOf: program.folder.appending(path: "t/table.tex"), encoding: .utf8)
            #expect(text.contains("\\documentclass") && text.contains("\\textless{}b\\textgreater{} \\& 50 \\%\\_"))
            #expect(text.utf8.allSatisfy { $0 < 128 })

            try Data().write(to: program.folder.appending(path: "file"))
            #expect(try program.run("report", "--plots", "file").status == 73)
        }
    }

    @Test("schema prints the JSON Schema that lies beside the experiments")
    func schema() throws {
        try Program.inNewFolder { program in
            let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
                .deletingLastPathComponent()
            let committed = try String(contentsOf: root.appending(path: "experiments/experiment.schema.json"), encoding: .utf8)
            let printed = try program.run("schema")
            #expect(printed.status == 0 && printed.out == committed)
        }
    }

    @Test("status RUN draws the run's curves once there are two epochs; its JSON has none")
    func curvesInTheTerminal() throws {
        try Program.inNewFolder { program in
            let spec = smallSpec("a", epochs: 1, more: #", "include": [{"epochs": 2, "seed": 2}]"#)
            try program.run("submit", program.spec(spec))
            try program.run("work", "--drain")
            let isBraille = { (text: String) in text.unicodeScalars.contains { (0x2800...0x28FF).contains($0.value) } }
            for (id, run) in try program.status() {
                let details = try program.run("status", id)
                #expect(details.status == 0 && isBraille(details.out) == (run["epochs"] as? Int == 2), "\(details.out)")
                if run["epochs"] as? Int == 2 { #expect(details.out.contains("epochs 1–2") && !details.out.contains("\u{1B}")) }
                #expect(!isBraille(try program.run("status", id, "--json").out))
            }
            #expect(!isBraille(try program.run("status").out))
        }
    }

    @Test("a run that fails says why, fails three times and no more, and its work ends with exit 1")
    func failing() throws {
        try Program.inNewFolder { program in
            let diverging = smallSpec("a", epochs: 2).replacing("1e-3", with: "1e20").replacing("adam", with: "sgd")
            try program.run("submit", program.spec(diverging))
            let work = try program.run("work", "--drain")
            #expect(work.status == 1)
            let states = Set(try program.status().values.compactMap { $0["state"] as? String })
            #expect(states == ["diverged"])
            #expect(try program.run("status").out.contains("the loss is not finite in epoch"))
        }
    }

    @Test("a run that does not fit into memory fails with what it takes, and harms no other")
    func tooLarge() throws {
        try Program.inNewFolder { program in
            let widths = [String](repeating: "32768", count: 32).joined(separator: ", ")
            try program.run(
                "submit",
                program.spec(
                    """
                    {"name": "large", "architecture": "linearnet", "dataset": "shapes", "train_samples": 40, "linear": "mlp",
                     "epochs": 1, "sweep": {"widths": [[\(widths)], [8]]}}
                    """))
            #expect(try program.drainWithoutBackoff().status == 1)
            let runs = try program.status().values
            #expect(Set(runs.compactMap { $0["state"] as? String }) == ["failed", "completed"])
            let failed = try #require(runs.first { $0["state"] as? String == "failed" })
            #expect((failed["error"] as? String)?.contains("GB of memory") == true && failed["attempts"] as? Int == 3)
        }
    }

    @Test("nothing is coloured where no terminal is, and unknown arguments are usage errors")
    func plain() throws {
        try Program.inNewFolder { program in
            try program.run("submit", program.spec(smallSpec("a", epochs: 2)))
            #expect(!(try program.run("status").out.contains("\u{1B}")))
            #expect(try program.run("status", "--colour").status == 64)
            #expect(try program.run("status", "zzz").status == 64)
            #expect(try program.run("work", "--threads", "0").status == 64)
            #expect(try program.run("data", "verify", "imagenet").status == 64)
            #expect(try program.run("data", "list", "--json").out.contains("made by the program"))
            #expect(try program.run("doctor").out.contains("SQLite"))
        }
    }
}
