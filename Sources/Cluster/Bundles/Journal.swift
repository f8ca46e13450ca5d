import Foundation
import Lab

/// One line of a start's journal, written when its event has happened.
public struct JournalLine: Codable, Sendable, Equatable {
    /// The first line.
    public struct Start: Codable, Sendable, Equatable {
        public let node: String
        public let process: Int
        public let arithmetic: String
        public let threads: Int
        /// Of the program.
        public let version: String
        /// Milliseconds since 1970, by the node's clock.
        public let at: Int64

        public init(node: String, process: Int, arithmetic: String, threads: Int, version: String, at: Int64) {
            (self.node, self.process, self.arithmetic, self.threads) = (node, process, arithmetic, threads)
            (self.version, self.at) = (version, at)
        }
    }

    /// A checkpoint file beside the journal.
    public struct Checkpoint: Codable, Sendable, Equatable {
        public let epoch: Int
        public let batch: Int
        public let file: String
        public let bytes: Int
        public let digest: String
        public let kept: Bool

        public init(epoch: Int, batch: Int, file: String, bytes: Int, digest: String, kept: Bool) {
            (self.epoch, self.batch, self.file, self.bytes) = (epoch, batch, file, bytes)
            (self.digest, self.kept) = (digest, kept)
        }
    }

    /// Something that a person should know, such as a damaged checkpoint.
    public struct Note: Codable, Sendable, Equatable {
        public let kind: String
        public let detail: String

        public init(kind: String, detail: String) { (self.kind, self.detail) = (kind, detail) }
    }

    public var start: Start?
    public var epoch: EpochRow?
    public var checkpoint: Checkpoint?
    public var note: Note?

    public init(start: Start) { self.start = start }
    public init(epoch: EpochRow) { self.epoch = epoch }
    public init(checkpoint: Checkpoint) { self.checkpoint = checkpoint }
    public init(note: Note) { self.note = note }

    public func encoded() throws -> Data {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return try encoder.encode(self) + Data([10])
    }

    /// The complete lines of a part of a journal, and the bytes that they take. What follows them may still be written. At a line that
    /// cannot be read, reading ends.
    public static func read(_ bytes: Data) -> (lines: [JournalLine], count: Int) {
        var lines: [JournalLine] = [], count = 0
        let decoder = JSONDecoder()
        while let end = bytes[(bytes.startIndex + count)...].firstIndex(of: 10) {
            guard let line = try? decoder.decode(JournalLine.self, from: bytes[(bytes.startIndex + count)..<end]) else { break }
            lines.append(line)
            count = end - bytes.startIndex + 1
        }
        return (lines, count)
    }
}
