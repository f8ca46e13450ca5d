import Foundation
import Lab
import ProgramUnderTest
import Specs
import Tensors
import Testing

/// The instruction sets and OpenBLAS's kernels that this processor can run and that fuse multiply and add.
private let sets: [(kernels: String, blas: String)] = Kernels.all.filter { $0.arithmetic == "fused" }.map {
    ($0.name, $0.name == "avx512" ? "SkylakeX" : "Haswell")
}
private let canChooseKernels = Kernels.all.contains { $0.name == "avx2" }

@Suite("Arithmetic")
struct ArithmeticTests {
    private func spec(_ linears: String, epochs: Int) -> String {
        """
        {"name": "a", "architecture": "linearnet", "dataset": "shapes", "train_samples": 700, "test_samples": 200, "d": 7,
         "widths": [300, 129], "input_scale": "standard", "batch_size": 290, "optimizer": "adam", "epochs": \(epochs),
         "sweep": {"linear": [\(linears)]}}
        """
    }

    private func results(_ linears: String, _ environment: [String: String]) throws -> [String: String] {
        var results: [String: String] = [:]
        try Program.inNewFolder { program in
            try program.run("submit", program.spec(spec(linears, epochs: 3)))
            #expect(try program.run("work", "--drain", environment: environment).status == 0)
            results = try program.results()
        }
        return results
    }

    @Test(
        "a LinearNet-PCN has the same bits under AVX2 and AVX-512, whatever the kernel of OpenBLAS",
        .enabled(if: canChooseKernels))
    func pointCloud() throws {
        let all = try sets.flatMap { set in
            try sets.map { try results(#""pcn""#, [Kernels.variable: set.kernels, BLAS.variable: $0.blas]) }
        }
        #expect(all[0].count == 1)
        #expect(all.allSatisfy { $0 == all[0] })
    }

    @Test("every linear part has the same bits under all instruction sets of the engine's own kernels")
    func ownKernels() throws {
        let all = try sets.map { try results(#""pcn", "mlp", "low_rank""#, [Kernels.variable: $0.kernels]) }
        #expect(all[0].count == 3)
        #expect(all.allSatisfy { $0 == all[0] })
    }

    @Test(
        "another one on resume is reported by status, report and log, and verify says that the bits are not comparable",
        .enabled(if: canChooseKernels))
    func resumed() throws {
        try Program.inNewFolder { program in
            let (haswell, prescott) = ([BLAS.variable: "Haswell"], [BLAS.variable: "Prescott"])
            try program.run("submit", program.spec(spec(#""mlp", "pcn""#, epochs: 2)))
            #expect(try program.run("work", "--drain", environment: haswell).status == 0)
            let ids = try program.status()
            let mlp = try #require(ids.first { $0.value["model"] as? String == "LinearNet-MLP" }?.key)
            let pcn = try #require(ids.first { $0.key != mlp }?.key)
            let recorded = try #require(ids[mlp]?["arithmetic"] as? [String])
            #expect(recorded.count == 1 && recorded[0].hasSuffix(Arithmetic.current.library))
            #expect(recorded[0].contains("OpenBLAS \(BLAS.version) Haswell") && recorded[0].contains("engine"))
            #expect(try program.run("verify", mlp, pcn, environment: haswell).status == 0)

            let other = try program.run("verify", mlp, environment: prescott)
            #expect(other.status == 69)
            #expect(other.out.contains("not comparable") && !other.out.contains("not the same"))
            #expect(try program.run("verify", pcn, environment: prescott).status == 0, "a LinearNet-PCN does not use BLAS")

            try program.run("submit", program.spec(spec(#""mlp", "pcn""#, epochs: 4)))
            #expect(try program.run("work", "--drain", environment: prescott).status == 0)
            let text = "trained with several kinds of arithmetic"
            let status = try program.run("status"), report = try program.run("report")
            #expect(status.out.contains("\(mlp.prefix(8)): \(text)") && !status.out.contains("\(pcn.prefix(8)): \(text)"))
            let notes = report.lines.filter { $0.contains(text) }
            #expect(notes.count == 1 && notes[0].contains("\(mlp.prefix(8))"), "\(report.out)")
            let log = try program.run("log", mlp).out
            #expect(log.contains("Prescott") && log.contains("before: engine"))
        }
    }
}
