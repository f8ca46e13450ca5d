import Foundation
import Synchronization

/// Reads mutated inputs with every reader, and reports those that are neither accepted nor refused.
///
///     Fuzz                        FUZZ_COUNT inputs (default: a million) for all readers together, from FUZZ_SEED (default: 1)
///     Fuzz input READER SEED N    writes input N to the standard output
@main
struct Fuzz {
    static func main() throws {
        let arguments = CommandLine.arguments
        switch arguments.dropFirst().first {
        case "child" where arguments.count == 8: try child(Array(arguments.dropFirst(2)))
        case "input" where arguments.count == 5:
            let input = Mutator.input(Int(arguments[4]) ?? 0, of: try reader(arguments[2]), seed: UInt64(arguments[3]) ?? 0)
            FileHandle.standardOutput.write(Data(input))
        default: try all()
        }
    }

    private static func reader(_ name: String) throws -> Reader {
        guard let reader = Reader.all.first(where: { $0.name == name }) else { throw Broken("no reader \(name)") }
        return reader
    }

    private static func child(_ arguments: [String]) throws {
        guard let seed = UInt64(arguments[1]), let first = Int(arguments[2]), let last = Int(arguments[3]) else {
            throw Broken("no numbers: \(arguments)")
        }
        let progress = try Progress(URL(fileURLWithPath: arguments[5]))
        Child(reader: try reader(arguments[0]), seed: seed, folder: URL(fileURLWithPath: arguments[4]), progress: progress)
            .run(first..<last)
    }

    private static func all() throws {
        let environment = ProcessInfo.processInfo.environment
        let seed = environment["FUZZ_SEED"].flatMap { UInt64($0) } ?? 1
        let total = environment["FUZZ_COUNT"].flatMap { Int($0) } ?? 1_000_000
        let scratch = FileManager.default.temporaryDirectory.appending(path: "pcnlab-fuzz-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: scratch) }
        let start = Date()
        print(line(["reader", "inputs", "accepted", "refused", "longest"]))
        let failures = Mutex(0)
        let readers = Reader.all
        DispatchQueue.concurrentPerform(iterations: readers.count) { index in
            let share = total / readers.count + (index < total % readers.count ? 1 : 0)
            let campaign = Campaign(
                reader: readers[index], seed: seed, count: share, folder: scratch.appending(path: readers[index].name))
            do {
                let result = try campaign.run()
                let failed = show(result, of: campaign)
                failures.withLock { $0 += failed }
            } catch {
                print("\(readers[index].name): \(error)")
                failures.withLock { $0 += 1 }
            }
        }
        let failed = failures.withLock { $0 }
        let verdict = failed == 0 ? "no crash, no hang, no file outside touched" : "\(failed) inputs neither accepted nor refused"
        print(String(format: "%d inputs, seed %llu, %.0f s: ", total, seed, Date().timeIntervalSince(start)) + verdict)
        if failed > 0 { exit(1) }
    }

    /// Prints a reader's line and one for each culprit. Returns the number of culprits.
    private static func show(_ result: Campaign.Result, of campaign: Campaign) -> Int {
        let name = campaign.reader.name
        let counts = [campaign.count, result.accepted, result.refused].map(String.init)
        var lines = [line([name] + counts + [String(format: "%.1f ms", result.longest * 1000)])]
        for culprit in result.culprits {
            lines.append(
                "\(name): input \(culprit.index) \(culprit.how); Fuzz input \(name) \(campaign.seed) \(culprit.index) writes it")
        }
        print(lines.joined(separator: "\n"))
        return result.culprits.count
    }

    private static func line(_ cells: [String]) -> String {
        cells.enumerated().map { index, cell in
            let padding = String(repeating: " ", count: max(0, 12 - cell.count))
            return index == 0 ? cell + padding : padding + cell
        }.joined()
    }
}
