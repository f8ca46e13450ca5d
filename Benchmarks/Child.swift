import Foundation

/// This program once more, so that a peak of memory is that of one piece of work.
enum Child {
    struct Failure: Error { let arguments: [String] }

    /// What it writes, as JSON, when it is started with these arguments.
    static func figures<Figures: Decodable>(_ arguments: [String]) throws -> Figures {
        let process = Process(), output = Pipe()
        process.executableURL = Environment.executable
        process.arguments = arguments
        process.standardOutput = output
        try process.run()
        let data = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        if process.terminationStatus != 0 { throw Failure(arguments: arguments) }
        return try JSONDecoder().decode(Figures.self, from: data)
    }

    /// The child's side.
    static func write(_ figures: some Encodable) throws {
        Terminal.output(String(decoding: try JSONEncoder().encode(figures), as: UTF8.self))
    }
}
