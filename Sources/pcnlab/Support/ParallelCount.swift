import ArgumentParser
import Foundation

/// A number of threads or of workers, as given to `--threads` and `--workers`: 1 to 1024.
struct ParallelCount: ExpressibleByArgument {
    static let range = 1...1024
    /// One for each core of the machine.
    static var allCores: ParallelCount { ParallelCount(clamping: ProcessInfo.processInfo.activeProcessorCount) }

    let value: Int

    init(clamping value: Int) { self.value = min(max(value, Self.range.lowerBound), Self.range.upperBound) }

    init?(argument: String) {
        guard let value = Int(argument), Self.range.contains(value) else { return nil }
        self.value = value
    }

    var defaultValueDescription: String { "\(value)" }

    /// Completes an error message: "Please provide one of …".
    static var allValueStrings: [String] { ["\(range.lowerBound) to \(range.upperBound)"] }
    static var defaultCompletionKind: CompletionKind { .default }
}
