import Foundation
import ProgramUnderTest
import Testing

@Suite("compare")
struct CompareTests {
    private func inLab(_ body: (Program, _ ids: [String]) throws -> Void) throws {
        try Program.inNewFolder { program in
            let spec = try program.spec(
                smallSpec("a", epochs: 3, more: #", "include": [{"linear": "pcn", "epsilon": 0.3, "d": 4}]"#))
            let ids = try program.run("submit", spec).lines.map { String($0.prefix(16)) }
            try program.run("pause", ids[3])
            try program.run("work", "--drain")
            try body(program, ids)
        }
    }

    @Test("shows the settings in which runs differ, their figures, and their curves together, also of runs without an epoch")
    func text() throws {
        try inLab { program, ids in
            let output = try program.run("compare", ids[0], String(ids[1].prefix(9)), ids[3])
            #expect(output.status == 0 && output.error.isEmpty, "\(output)")
            let row = { (name: String) in
                output.lines.first { $0.hasPrefix(name + " ") }?.dropFirst(name.count).split(separator: " ").map(String.init)
            }
            #expect(row("run") == ["A", String(ids[0].prefix(8)), "B", String(ids[1].prefix(8)), "C", String(ids[3].prefix(8))])
            #expect(row("model") == ["LinearNet-PCN16", "LinearNet-MLP", "LinearNet-PCN4"] && row("ε") == ["0.1", "–", "0.3"])
            #expect(row("state") == ["completed", "completed", "paused"] && row("epoch") == ["3/3", "3/3", "0/3"])
            #expect(row("linear parameters")?[1] == "52,826", "\(output.out)")
            #expect(output.out.contains("\nall of them: widths 64×48, "))
            for name in ["loss", "train accuracy", "test accuracy"] { #expect(output.lines.contains("\(name)  epochs 1–3")) }
            let drawn = output.out.components(separatedBy: "loss  epochs").last ?? ""
            #expect(drawn.contains("AA") && drawn.contains("BB") && !drawn.contains("C"))

            let waiting = try program.run("compare", ids[3], ids[0])
            #expect(waiting.lines.contains("loss  epochs 1–3"))
        }
    }

    @Test("as JSON has what status has, the differing settings and every epoch")
    func json() throws {
        try inLab { program, ids in
            let output = try program.run("compare", "--json", ids[0], ids[1])
            let rows = try #require(try JSONSerialization.jsonObject(with: Data(output.out.utf8)) as? [[String: Any]])
            #expect(rows.map { $0["id"] as? String } == [ids[0], ids[1]])
            let status = try program.status()
            for row in rows {
                let known = try #require(status[row["id"] as? String ?? ""])
                #expect(Set(known.keys).subtracting(row.keys).isEmpty)
                let curve = try #require(row["curve"] as? [[String: Any]])
                #expect(curve.map { $0["epoch"] as? Int } == [1, 2, 3] && curve[2]["loss"] as? Double == row["loss"] as? Double)
            }
            let three = try program.run("compare", "--json", ids[0], ids[1], ids[3])
            let differing = try #require(
                try JSONSerialization.jsonObject(with: Data(three.out.utf8)) as? [[String: Any]]
            ).map { $0["differing"] as? [String: Any] }
            #expect(differing[0]?["epsilon"] as? String == "0.1" && differing[1]?["epsilon"] is NSNull)
        }
    }

    @Test("asks for two different runs that exist")
    func usage() throws {
        try inLab { program, ids in
            for wrong in [[ids[0]], [ids[0], ids[0]], [ids[0], "zzzz"], []] {
                let output = try program.start(["compare"] + wrong).finish()
                #expect(output.status == 64 && output.out.isEmpty, "\(wrong)")
            }
        }
    }
}
