import Foundation

/// Runs this program in a child process, so that a memory peak belongs to one measurement.
enum Child {
    struct Failure: Error { let arguments: [String] }

    /// Starts the child with these arguments and decodes the JSON that it writes.
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

    /// Called in the child: writes the figures as JSON.
    static func write(_ figures: some Encodable) throws {
        Terminal.output(String(decoding: try JSONEncoder().encode(figures), as: UTF8.self))
    }
}
