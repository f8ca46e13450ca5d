import ProgramUnderTest
import Tensors
import Testing

/// A misspelt `PCNLAB_KERNELS` is refused by every command that computes.
@Suite("PCNLAB_KERNELS with a name that no kernels have") struct KernelChoiceTests {
    private static let misspelt = [Kernels.variable: "avx1024"]
    private static let sentence = "PCNLAB_KERNELS=avx1024: this processor has no such kernels; expected "

    @Test(
        "is refused by every command that computes",
        arguments: [
            ["work", "--drain"], ["verify", "0"], ["bench"], ["landscape", "spec.json"], ["export", "0", "--expand"],
            ["submit", "--dry-run", "spec.json"],
        ])
    func refused(_ arguments: [String]) throws {
        try Program.inNewFolder { program in
            _ = try program.spec(smallSpec("a", epochs: 1))
            let output = try program.start(arguments, environment: Self.misspelt).finish()
            #expect(output.status == 64 && output.out.isEmpty, "\(output)")
            #expect(output.error.hasPrefix(Self.sentence), "\(output)")
        }
    }

    @Test("is named by doctor with the remedy; commands that do not compute ignore it")
    func others() throws {
        try Program.inNewFolder { program in
            let doctor = try program.run("doctor", environment: Self.misspelt)
            #expect(doctor.status == 0 && doctor.out.hasPrefix("!!  kernels     \(Self.sentence)"), "\(doctor)")
            #expect(doctor.lines.dropFirst().first?.contains("→ unset PCNLAB_KERNELS") == true, "\(doctor)")
            let submit = try program.run("submit", program.spec(smallSpec("a", epochs: 1)), environment: Self.misspelt)
            #expect(submit.status == 0, "\(submit)")
            #expect(try program.run("status", environment: Self.misspelt).status == 0)
        }
    }

    @Test("is refused, and a name that they have or an empty value is not", arguments: ["", Kernels.all[0].name])
    func accepted(_ name: String) throws {
        try Program.inNewFolder { program in
            let spec = try program.spec(smallSpec("a", epochs: 1))
            let output = try program.run("submit", "--dry-run", spec, environment: [Kernels.variable: name])
            #expect(output.status == 0, "\(output)")
        }
    }
}
