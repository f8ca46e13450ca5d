import Foundation
import Testing

@Suite("Mutated inputs")
struct FuzzTests {
    /// The fuzzer is in the folder of the tests' executable.
    private static let executable: URL = {
        let tests = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? CommandLine.arguments[0]
        return URL(fileURLWithPath: tests).deletingLastPathComponent().appending(path: "Fuzz")
    }()

    @Test("are accepted or refused by every reader: none crashes, hangs or touches a file outside its folder")
    func short() throws {
        let process = Process(), output = Pipe()
        process.executableURL = Self.executable
        process.environment = ProcessInfo.processInfo.environment.merging(["FUZZ_COUNT": "12000", "FUZZ_SEED": "1"]) { $1 }
        process.standardOutput = output
        try process.run()
        let text = String(decoding: try output.fileHandleForReading.readToEnd() ?? Data(), as: UTF8.self)
        process.waitUntilExit()
        #expect(process.terminationStatus == 0 && text.contains("no crash, no hang"), "\(text)")
        // Both outcomes must occur, or the inputs test too little.
        for line in text.split(separator: "\n").dropFirst().dropLast() {
            let cells = line.split(separator: " ")
            #expect(cells.count == 6 && cells[1] == "1000" && cells[2] != "0" && cells[3] != "0", "\(line)")
        }
    }
}
