import Foundation

enum Environment {
    /// Variables by which an environment chooses OpenBLAS's kernel in place of the processor's own.
    private static let overrides = ["OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE"]

    /// Starts the program anew without them: the library has already read them when `main` begins.
    static func useOwnBLASKernel() {
        let set = overrides.filter { getenv($0) != nil }
        guard !set.isEmpty else { return }
        Terminal.note("without \(set.joined(separator: " and ")), which would hold OpenBLAS back")
        for name in set { unsetenv(name) }
        execv(executable.path, CommandLine.unsafeArgv)
        Terminal.note("could not start anew: sgemm's figures are those of the kernel that \(set[0]) names")
    }

    /// Says so where something else is at work: figures would be those of half a machine.
    static func warnOfLoad() {
        var load = 0.0
        if getloadavg(&load, 1) == 1, load > 0.5 {
            Terminal.note("the machine is busy (load \(load.text(1))); times will be too long")
        }
    }

    static let executable: URL = {
        let link = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
        return URL(fileURLWithPath: link ?? CommandLine.arguments[0])
    }()

    static let cores = ProcessInfo.processInfo.activeProcessorCount
    /// One thread, and all cores.
    static let threadCounts = cores > 1 ? [1, cores] : [1]
}

enum Terminal {
    /// A line of progress.
    static func note(_ text: String) { FileHandle.standardError.write(Data("bench: \(text)\n".utf8)) }

    static func output(_ text: String) { FileHandle.standardOutput.write(Data(text.utf8)) }
}
