import Foundation

/// A Python that has some modules: PCNLAB_TEST_PYTHON, else `python3` of the path. What is written for it is tested with it where
/// there is one.
struct Python: Sendable {
    private let path: String

    static let withNumPy = Python(modules: "numpy")
    static let withTorch = Python(modules: "torch", "numpy")
    static let withSafetensors = Python(modules: "torch", "safetensors.torch")
    static let withONNX = Python(modules: "onnx", "onnxruntime", "numpy")
    static let withTensorBoard = Python(modules: "tensorboard.backend.event_processing.event_accumulator")

    private init?(modules: String...) {
        let environment = ProcessInfo.processInfo.environment
        let folders = environment["PATH", default: ""].split(separator: ":").map { "\($0)/python3" }
        let candidates = environment["PCNLAB_TEST_PYTHON"].map { [$0] } ?? folders
        guard let path = candidates.first(where: FileManager.default.isExecutableFile) else { return nil }
        self.path = path
        let search = "import importlib.util, sys\nsys.exit(any(importlib.util.find_spec(name) is None for name in sys.argv[1:]))"
        guard let found = try? run(search, modules, in: FileManager.default.temporaryDirectory), found.status == 0 else {
            return nil
        }
    }

    /// Runs a script in a folder and returns what it printed, errors too.
    func run(_ script: String, _ arguments: [String] = [], in folder: URL) throws -> (status: Int32, text: String) {
        let process = Process(), pipe = Pipe()
        process.executableURL = URL(fileURLWithPath: path)
        process.arguments = ["-c", script] + arguments
        process.currentDirectoryURL = folder
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = pipe
        process.standardError = pipe
        try process.run()
        let text = String(decoding: try pipe.fileHandleForReading.readToEnd() ?? Data(), as: UTF8.self)
        process.waitUntilExit()
        return (process.terminationStatus, text)
    }
}
