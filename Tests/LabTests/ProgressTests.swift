import GRDB
import Testing

@testable import Lab

@Suite("What a worker records") struct ProgressTests {
    private let temporary: TemporaryLab
    private let claim: Claim
    private var lab: Lab { temporary.lab }

    init() throws {
        temporary = try TemporaryLab()
        claim = try temporary.claimed(epochs: 9)
    }

    private func record(_ row: EpochRow) throws { try lab.record(row, run: claim.run, attempt: claim.attempt) }

    /// The files that a checkpoint makes superfluous.
    private func record(_ checkpoint: CheckpointRecord) throws -> [String] {
        try lab.record(checkpoint, run: claim.run, attempt: claim.attempt)
    }

    private func checkpoints() throws -> [String] { try lab.checkpoints(of: claim.run).map(\.file) }

    @Test("every epoch is a row, as it was given")
    func epochs() throws {
        let rows = (1...4).map { EpochRow.sample($0, loss: 1 / Double($0 + 2)) }
        for row in rows { try record(row) }
        #expect(try lab.epochs(of: claim.run) == rows)
        #expect(try temporary.summary(claim.run).epoch == 4)
    }

    @Test("an epoch trained again after a crash is still one row, and no news where it is the same")
    func again() throws {
        for epoch in 1...3 { try record(.sample(epoch)) }
        try record(.sample(2, seconds: 9))
        #expect(try lab.epochs(of: claim.run) == [.sample(1), .sample(2, seconds: 9), .sample(3)])
        #expect(try temporary.summary(claim.run).epoch == 3)
        #expect(try temporary.history(claim.run) == ["submitted", "started"])
    }

    @Test(
        "an epoch that comes out different is told in the run's history",
        arguments: [
            EpochRow.sample(1, loss: 1.5.nextUp),
            EpochRow(epoch: 1, loss: 1.5, trainAccuracy: 0.6, testAccuracy: 0.25, seconds: 0),
            EpochRow(epoch: 1, loss: 1.5, trainAccuracy: 0.5, testAccuracy: 0.3, seconds: 0),
        ])
    func notReproduced(other: EpochRow) throws {
        try record(.sample(1))
        try record(other)
        #expect(try lab.epochs(of: claim.run) == [other])
        let event = try lab.events(of: claim.run).last
        #expect(event?.kind == "not reproduced" && event?.attempt == 1 && event?.detail?.hasPrefix("epoch 1: ") == true)
    }

    @Test("an epoch that the database refuses leaves nothing behind")
    func refused() throws {
        let before = try lab.contents()
        for row in [EpochRow.sample(0), .sample(1, loss: .nan)] {
            #expect(throws: DatabaseError.self) { try record(row) }
        }
        #expect(try lab.contents() == before)
    }

    @Test("two checkpoints are kept, and those that are to be kept; the others' files are named")
    func rolling() throws {
        #expect(try record(.sample(1)) == [])
        #expect(try record(.sample(2, kept: true)) == [])
        #expect(try record(.sample(2, batch: 1)) == ["e1-b0"])
        #expect(try record(.sample(2, batch: 2)) == [])
        #expect(try record(.sample(3)) == ["e2-b1"])
        #expect(try checkpoints() == ["e3-b0", "e2-b2", "e2-b0"])
    }

    @Test("many checkpoints never cost the newest")
    func newest() throws {
        for epoch in 1...8 {
            let superfluous = try record(.sample(epoch, kept: epoch % 3 == 0))
            #expect(!superfluous.contains("e\(epoch)-b0"))
            #expect(try checkpoints().first == "e\(epoch)-b0")
        }
        #expect(try checkpoints() == ["e8-b0", "e7-b0", "e6-b0", "e3-b0"])
    }

    @Test("a checkpoint at the same place replaces the one before, and names its file")
    func replaced() throws {
        #expect(try record(.sample(1, file: "old", kept: true)) == [])
        #expect(try record(.sample(1, file: "new")) == ["old"])
        #expect(try record(.sample(1, file: "new")) == [])
        #expect(try checkpoints() == ["new"])
        #expect(try lab.checkpoints(of: claim.run)[0].kept, "what was to be kept no longer is")
    }

    @Test("a checkpoint reads back as it was recorded; a damaged one is forgotten, and its history says so")
    func discard() throws {
        let checkpoint = CheckpointRecord(epoch: 2, batch: 3, file: "f", bytes: 123, sha256: "aa", kept: true)
        _ = try record(checkpoint)
        #expect(try lab.checkpoints(of: claim.run) == [checkpoint])
        try lab.discard(checkpoint, run: claim.run, attempt: claim.attempt, reason: "too short")
        #expect(try checkpoints() == [])
        #expect(try lab.events(of: claim.run).last.map { [$0.kind, $0.detail] } == ["checkpoint damaged", "f: too short"])
    }
}
