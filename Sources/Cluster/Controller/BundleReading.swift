import Foundation
import Lab

/// What a bundle says at one time.
struct BundleReading {
    struct Start {
        let name: String
        let first: JournalLine.Start?
        /// New lines since the last reading.
        let lines: [JournalLine]
        /// Bytes of the journal that are read.
        let offset: Int
        let outcome: BundleOutcome?
        let beat: Int?

        /// The engine's id of its job, in words for people.
        let job: String
    }

    /// Those that trained or may train, in order of their names.
    let starts: [Start]

    private init(_ starts: [Start]) { self.starts = starts }

    /// The same where those without an end are known to be dead.
    var endedStarts: BundleReading { BundleReading(starts.filter { $0.outcome != nil }) }

    /// Reads all starts of an attempt. The journal of the start that was read last is read from where that ended.
    init(_ storage: some BundleStorage, _ attempt: RemoteAttempt) throws {
        let bundle = RunBundle.name(run: attempt.run, attempt: attempt.number)
        starts = try storage.list("\(bundle)/\(RunBundle.starts)").compactMap { name in
            let folder = "\(bundle)/\(RunBundle.starts)/\(name)"
            // The outcome first: what the journal has was written before it.
            let outcome = try storage.get("\(folder)/\(RunBundle.outcome)")
                .flatMap { try? JSONDecoder().decode(BundleOutcome.self, from: $0) }
            if outcome?.kind == .busy { return nil }
            let from = attempt.start == name ? attempt.offset ?? 0 : 0
            let bytes = try storage.get("\(folder)/\(RunBundle.journal)", from: from) ?? Data()
            let (lines, count) = JournalLine.read(bytes)
            let beat = outcome == nil ? try storage.get("\(folder)/\(RunBundle.beat)").flatMap(Self.number) : nil
            return Start(
                name: name, first: lines.first?.start, lines: lines, offset: from + count, outcome: outcome, beat: beat,
                job: name.split(separator: "-").dropFirst().joined(separator: "-"))
        }
    }

    private static func number(_ bytes: Data) -> Int? {
        Int(String(decoding: bytes, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines))
    }

    /// How the attempt ended: a completion of any start, or the end of the last one if none is under way.
    var outcome: BundleOutcome? {
        if let completed = starts.compactMap(\.outcome).first(where: { $0.kind == .completed && $0.figures != nil }) {
            return completed
        }
        let ends = starts.map(\.outcome)
        return ends.contains { $0 == nil } ? nil : ends.last ?? nil
    }

    /// Changes while a process of the attempt lives.
    var beat: Int? {
        let beats = starts.compactMap { start in start.outcome == nil ? start.beat ?? 0 : nil }
        return beats.isEmpty ? nil : beats.reduce(0, &+) &+ starts.reduce(0) { $0 &+ $1.offset }
    }
}
