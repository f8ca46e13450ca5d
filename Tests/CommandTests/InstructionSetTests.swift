import Foundation
import ProgramUnderTest
import Tensors
import Testing

@Suite("Instruction sets")
struct InstructionSetTests {
    @Test("train every linear part to the same bits, all those that fuse multiply and add")
    func sameBits() throws {
        let spec = """
            {"name": "a", "architecture": "linearnet", "dataset": "shapes", "train_samples": 700, "test_samples": 200, "d": 7,
             "widths": [300, 129], "input_scale": "standard", "batch_size": 290, "optimizer": "adam", "epochs": 3,
             "sweep": {"linear": ["pcn", "mlp", "low_rank"]}}
            """
        var results: [String: [String: String]] = [:]
        for kernels in Kernels.all where kernels.arithmetic == "fused" {
            try Program.inNewFolder { program in
                try program.run("submit", program.spec(spec))
                let work = try program.run("work", "--drain", environment: [Kernels.variable: kernels.name])
                #expect(work.status == 0)
                results[kernels.name] = try program.results()
            }
        }
        let first = try #require(results.first)
        #expect(first.value.count == 3)
        for (name, result) in results { #expect(result == first.value, "\(name) and \(first.key)") }
    }
}
