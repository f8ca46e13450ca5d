import Foundation
import GRDB
import Testing

@testable import Lab

@Suite("A database altered by hand")
struct HostileTests {
    private let temporary: TemporaryLab
    private var lab: Lab { temporary.lab }

    init() throws { temporary = try TemporaryLab() }

    private func alter(_ sql: String, _ arguments: StatementArguments) throws {
        try lab.database.write { db in
            try db.execute(sql: "PRAGMA defer_foreign_keys = ON")
            try db.execute(sql: sql, arguments: arguments)
        }
    }

    @Test(
        "whose settings are none is named as damaged, with the run",
        arguments: ["", "{", "[]", String(repeating: "[", count: 100_000)])
    func settings(_ text: String) throws {
        let id = try temporary.submit()[0]
        try alter("UPDATE runs SET settings = ? WHERE id = ?", [text, id])
        #expect {
            try lab.runs()
        } throws: { error in
            if case LabError.damaged(_, let reason) = error { reason.contains("settings of run \(id)") } else { false }
        }
    }

    @Test("whose names are no UTF-8 is read or refused")
    func names() throws {
        try temporary.submit()
        try alter("UPDATE experiments SET name = CAST(? AS TEXT)", [Data([0xFF, 0x22, 0xC0, 0x80, 0x5C, 0x1B])])
        _ = try? lab.runs()
        _ = try? lab.runs(RunFilter(experiment: "test"))
    }

    @Test(
        "cannot name a run, and with it a file, by a path",
        arguments: ["../../../../etc", "/etc/passwd", "..", "0123456789ABCDEF"])
    func ids(_ id: String) throws {
        let run = try temporary.submit()[0]
        try alter("DELETE FROM events", [])
        try alter("DELETE FROM experiment_runs", [])
        try alter("UPDATE runs SET id = ? WHERE id = ?", [id, run])
        #expect(throws: LabError.self) { try lab.runs() }
    }

    @Test(
        "leads to no checkpoint outside the lab",
        arguments: [
            "../x", "/etc/passwd", "checkpoints/../../x", "checkpoints/a/../../x", "pcnlab.sqlite",
            "checkpoints/../pcnlab.sqlite", "",
        ])
    func checkpoints(_ file: String) throws {
        #expect(throws: LabError.self) { try lab.url(ofCheckpoint: file) }
        #expect(try lab.url(ofCheckpoint: "checkpoints/a/b").path == temporary.folder.appending(path: "checkpoints/a/b").path)
    }

    @Test("and words that are SQL are words: names, tags and ids are bound, never spliced")
    func injection() throws {
        let word = "'; DROP TABLE runs; --\" OR 1=1"
        let id = try lab.submit(
            experiment: word, description: word, runs: [RunToSubmit(.tiny(), datasetDigest: word)], tags: [word])[0].id
        let run = try #require(try lab.runs(RunFilter(experiment: word)).first)
        #expect(run.id == id && run.experiments == [word] && run.tags == [word] && run.datasetDigest == word)
        #expect(throws: LabError.noSuchRun(word)) { try lab.run(named: word) }
        #expect(try lab.runs(RunFilter(ids: [word])).isEmpty)
        #expect(throws: LabError.self) { try lab.runs(RunFilter(experiment: "x' OR '1'='1")) }
    }

    @Test("No statement of the program has a value spliced into it")
    func bound() throws {
        let sources = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../Sources").standardized
        let files = try #require(FileManager.default.enumerator(at: sources, includingPropertiesForKeys: nil))
        // Every literal that is a statement, on one line or several.
        let statement = /(?:sql:|cached:|let sql =)\s*("""(?s:.*?)"""|"(?:[^"\\]|\\.)*")/
        var statements = 0
        for case let file as URL in files where file.pathExtension == "swift" {
            let text = try String(contentsOf: file, encoding: .utf8)
            // One module speaks SQL, so that one can be looked through.
            if text.contains("import GRDB") { #expect(file.path.contains("/Sources/Lab/"), "\(file.lastPathComponent)") }
            for match in text.matches(of: statement) {
                statements += 1
                #expect(!match.1.contains("\\("), "\(file.lastPathComponent): \(match.1)")
            }
            #expect(!text.contains("literal:") || !text.contains("SQLRequest"), "\(file.lastPathComponent)")
        }
        #expect(statements > 30)
    }
}
