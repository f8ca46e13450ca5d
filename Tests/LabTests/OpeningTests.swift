import Foundation
import GRDB
import Synchronization
import Testing

@testable import Lab

@Suite("Opening a lab") struct OpeningTests {
    private func withFolder(_ body: (_ folder: URL, _ file: URL) throws -> Void) throws {
        let folder = URL.temporary()
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        try body(folder, folder.appending(path: "pcnlab.sqlite"))
    }

    @Test("where there is no lab, none is made unless it is asked for")
    func noLab() throws {
        try withFolder { folder, file in
            #expect(throws: LabError.noLab(folder: folder.relativePath)) { try Lab(folder) }
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).isEmpty)
            _ = try Lab(folder, create: true)
            _ = try Lab(folder)
            let parts = try FileManager.default.contentsOfDirectory(atPath: folder.path)
            #expect(Set(parts).isSuperset(of: ["pcnlab.sqlite", "checkpoints", "logs"]))
        }
    }

    @Test("a text file is no lab and stays as it is", arguments: [2, 99, 600, 10_000])
    func text(length: Int) throws {
        try withFolder { folder, file in
            let text = Data(repeating: UInt8(ascii: "x"), count: length)
            try text.write(to: file)
            #expect(throws: LabError.notALab(file: file.relativePath)) { try Lab(folder, create: true) }
            #expect(try Data(contentsOf: file) == text)
        }
    }

    @Test("another program's database is no lab and stays as it is", arguments: [0, 7])
    func foreign(applicationID: Int) throws {
        try withFolder { folder, file in
            let database = try DatabaseQueue(path: file.path)
            try database.write {
                try $0.execute(sql: "CREATE TABLE notes (text); PRAGMA application_id = \(applicationID)")
            }
            try database.close()
            let before = try Data(contentsOf: file)
            #expect(throws: LabError.notALab(file: file.relativePath)) { try Lab(folder, create: true) }
            #expect(try Data(contentsOf: file) == before)
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["pcnlab.sqlite"])
        }
    }

    @Test("a lab of a newer program is left to that program")
    func newer() throws {
        try withFolder { folder, file in
            let lab = try Lab(folder, create: true)
            try lab.database.writeWithoutTransaction { try $0.execute(sql: "PRAGMA user_version = 99") }
            let error = LabError.newerLab(file: file.relativePath, version: 99, known: Lab.schemaVersion)
            #expect(throws: error) { try Lab(folder) }
        }
    }

    @Test("an empty file, left by a crash, becomes a lab")
    func emptyFile() throws {
        try withFolder { folder, file in
            try Data().write(to: file)
            #expect(try Lab(folder).stateCounts().isEmpty)
        }
    }

    @Test("a folder that cannot be made is an error with its path")
    func unwritable() throws {
        try withFolder { folder, file in
            try Data().write(to: folder.appending(path: "taken"))
            let error = #expect(throws: LabError.self) { try Lab(folder.appending(path: "taken/lab"), create: true) }
            guard case .cannotWrite? = error else { return #expect(Bool(false), "\(String(describing: error))") }
        }
    }

    @Test("many that make a lab at once get the same one", arguments: 1...20)
    func together(_ lab: Int) throws {
        try withFolder { folder, _ in
            let errors = Mutex<[String]>([])
            DispatchQueue.concurrentPerform(iterations: 8) { _ in
                do { _ = try Lab(folder, create: true) } catch { errors.withLock { $0.append("\(error)") } }
            }
            #expect(errors.withLock { $0 }.isEmpty, "\(errors.withLock { $0 })")
            let faults = try Lab(folder).integrityFaults()
            #expect(faults.isEmpty)
        }
    }

    @Test("opening a lab waits for no writer")
    func busy() throws {
        let temporary = try TemporaryLab()
        try temporary.lab.database.write { _ in
            // It would give up after ten seconds.
            #expect(throws: Never.self) { try temporary.another().stateCounts() }
        }
    }

    @Test("what is written is on the disk before the write returns, and readers never wait for it")
    func durable() throws {
        let temporary = try TemporaryLab()
        let lab = temporary.lab
        #expect(try lab.database.writeWithoutTransaction { try Int.fetchOne($0, sql: "PRAGMA synchronous") } == 2)
        #expect(try lab.database.read { try String.fetchOne($0, sql: "PRAGMA journal_mode") } == "wal")
        #expect(try lab.database.read { try Int.fetchOne($0, sql: "PRAGMA foreign_keys") } == 1)
    }

    @Test("the lab's folder is the option's, else the environment's, else .pcnlab")
    func folders() {
        #expect(Lab.folder(option: "a", environment: ["PCNLAB_HOME": "b"]).relativePath == "a")
        #expect(Lab.folder(option: nil, environment: ["PCNLAB_HOME": "b"]).relativePath == "b")
        #expect(Lab.folder(option: nil, environment: ["PCNLAB_HOME": ""]).relativePath == ".pcnlab")
        #expect(Lab.folder(option: nil, environment: [:]).relativePath == ".pcnlab")
    }
}
