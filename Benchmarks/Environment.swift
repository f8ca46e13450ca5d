import Foundation

enum Environment {
    /// Environment variables that override OpenBLAS's choice of a kernel.
    private static let overrides = ["OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE"]

    /// Restarts the program without these variables: the library has read them before `main` is called.
    static func useOwnBLASKernel() {
        let set = overrides.filter { getenv($0) != nil }
        guard !set.isEmpty else { return }
        Terminal.note("restarted without \(set.joined(separator: " and ")), which may slow OpenBLAS down")
        for name in set { unsetenv(name) }
        execv(executable.path, CommandLine.unsafeArgv)
        Terminal.note("restarting failed: all figures are those of the kernel that \(set[0]) selects")
    }

    /// Warns if other processes use the processor.
    static func warnOfLoad() {
        var load = 0.0
        if getloadavg(&load, 1) == 1, load > 0.5 {
            Terminal.note("the machine is busy (load average \(load.text(1))); measured times will be too long")
        }
    }

    static let executable: URL = {
        let link = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
        return URL(fileURLWithPath: link ?? CommandLine.arguments[0])
    }()

    static let cores = ProcessInfo.processInfo.activeProcessorCount
    /// One thread and all cores.
    static let threadCounts = cores > 1 ? [1, cores] : [1]
}

enum Terminal {
    /// A line of progress.
    static func note(_ text: String) { FileHandle.standardError.write(Data("bench: \(text)\n".utf8)) }

    static func output(_ text: String) { FileHandle.standardOutput.write(Data(text.utf8)) }
}
