import Foundation
import ProgramUnderTest
import Testing

@Suite("landscape")
struct LandscapeTests {
    private static let spec = """
        {"name": "a", "architecture": "linearnet", "dataset": "shapes", "train_samples": 200, "widths": [40, 30],
         "input_scale": "standard", "batch_size": 64, "epochs": 2, "sweep": {"d": [4, 8], "learning_rate": [1e-4, 1e-3]},
         "include": [{"linear": "low_rank", "d": 3}]}
        """

    private func rows(_ output: Program.Output) throws -> [[String: Any]] {
        try #require(try JSONSerialization.jsonObject(with: Data(output.out.utf8)) as? [[String: Any]])
    }

    @Test("draws W, and each F(D) and UVᵀ of the spec once, as they are and shuffled; the same for any number of threads")
    func ensembles() throws {
        try Program.inNewFolder { program in
            let spec = try program.spec(Self.spec)
            let one = try program.run("landscape", spec, "--samples", "9", "--json", "--threads", "1")
            #expect(one.status == 0 && one.error.isEmpty)
            let rows = try rows(one)
            #expect(
                rows.map { "\($0["model"] ?? "") \($0["shuffled"] as? Bool == true)" } == [
                    "LinearNet-MLP false", "LinearNet-PCN4 false", "LinearNet-PCN4 true", "LinearNet-PCN8 false",
                    "LinearNet-PCN8 true", "LinearNet-LowRank3 false", "LinearNet-LowRank3 true",
                ])
            #expect(rows.allSatisfy { ($0["losses"] as? [Double])?.count == 9 && $0["mean"] is Double })
            #expect(try program.run("landscape", spec, "--samples", "9", "--json", "--threads", "3").out == one.out)
            // More samples begin with the same ones.
            let more = try self.rows(try program.run("landscape", spec, "--samples", "12", "--format", "json"))
            for (few, many) in zip(rows, more) {
                #expect(few["losses"] as? [Double] == (many["losses"] as? [Double]).map { Array($0.prefix(9)) })
            }
            #expect(!FileManager.default.fileExists(atPath: program.lab.path), "no lab was made")
        }
    }

    @Test("draws convolutions made from points beside stored ones")
    func convolutions() throws {
        try Program.inNewFolder { program in
            let spec = try program.spec(
                """
                {"name": "a", "architecture": "convnet", "dataset": "shapes", "train_samples": 4, "widths": [9], "batch_size": 4,
                 "sweep": {"convolution": ["dense", "pcn"], "linear": ["pcn", "mlp"]}}
                """)
            let rows = try rows(try program.run("landscape", spec, "--samples", "2", "--json"))
            #expect(
                rows.map { "\($0["model"] ?? "") \($0["weights"] ?? "") \($0["shuffled"] as? Bool == true)" } == [
                    "ConvNet-MLP W false", "ConvNet-PCN16 F(D) false", "ConvNet-PCN16 F(D) true",
                    "ConvNetPCN16-PCN16 F(D) false", "ConvNetPCN16-PCN16 F(D) true", "ConvNetPCN16-MLP F(D) false",
                ])
            #expect(Set(rows.map { "\($0["mean"] ?? "")" }).count == rows.count)
        }
    }

    @Test("draws networks of another structure, activation or number of filters as they are, beside stored weights of their own")
    func networks() throws {
        try Program.inNewFolder { program in
            let spec = try program.spec(
                """
                {"name": "a", "architecture": "linearnet", "dataset": "shapes", "train_samples": 40, "batch_size": 40,
                 "widths": [9, 8, 9], "input_scale": "standard", "linear": "mlp",
                 "sweep": {"structure": ["chain", "parallel", "hourglass"]},
                 "include": [{"activation": "poly_relu"}, {"architecture": "resnet20", "filters": 2},
                             {"architecture": "resnet20", "filters": 4}]}
                """)
            let rows = try rows(try program.run("landscape", spec, "--samples", "2", "--json"))
            #expect(Set(rows.map { "\($0["mean"] ?? "")" }).count == rows.count && rows.count == 6, "\(rows)")
        }
    }

    @Test("prints figures and histograms, writes CSV, and draws one SVG for each data set, seed and batch")
    func output() throws {
        try Program.inNewFolder { program in
            let text = Self.spec.replacing(#""batch_size": 64"#, with: #""batch_size": 64, "seed": 3"#)
                .replacing(#""include": ["#, with: #""include": [{"batch_size": 32}, {"seed": 4}, "#)
            let spec = try program.spec(text)
            let shown = try program.run("landscape", spec, "--samples", "5", "--plots", "p")
            #expect(shown.status == 0 && shown.error == "3 plots in p\n")
            #expect(shown.out.contains("F(D) of PCN8, shuffled") && shown.out.contains("L̄_W − L̄") && shown.out.contains("█"))
            #expect(shown.out.contains("one batch of 32 training images") && shown.out.contains("seed 4"))
            let names = try FileManager.default.contentsOfDirectory(atPath: program.folder.appending(path: "p").path).sorted()
            #expect(names == ["s3-2", "s3", "s4"].map { "linearnet-shapes-\($0)-landscape.svg" })

            let written = try program.run("landscape", spec, "--samples", "5", "--format", "csv", "--output", "o/losses.csv")
            #expect(written.status == 0 && written.out.isEmpty)
            let lines = try String(contentsOf: program.folder.appending(path: "o/losses.csv"), encoding: .utf8).split(
                separator: "\n")
            #expect(lines.count == 1 + 5 * (7 + 3 + 3) && lines[0].hasPrefix("architecture,dataset,seed,model,"))
        }
    }

    @Test("refuses what it cannot do, with the code of its kind")
    func refusals() throws {
        try Program.inNewFolder { program in
            let spec = try program.spec(Self.spec)
            #expect(try program.run("landscape", "none.json").status == 66)
            #expect(try program.run("landscape", program.spec(#"{"name": "a", "linear": 3}"#, "bad.json")).status == 65)
            let cifar = try program.spec(#"{"name": "a", "architecture": "linearnet", "dataset": "cifar10"}"#, "cifar.json")
            let missing = try program.run("landscape", cifar)
            #expect(missing.status == 66 && missing.error.contains("pcnlab data fetch cifar10"))
            #expect(try program.run("landscape", spec, "--samples", "1", "--output", "spec.json/x").status == 73)
            let usages = [
                [], [spec, "--samples", "0"], [spec, "--threads", "0"], [spec, "--format", "word"],
                [spec, "--json", "--format", "csv"],
            ]
            for usage in usages { #expect(try program.start(["landscape"] + usage).finish().status == 64, "\(usage)") }
        }
    }
}
