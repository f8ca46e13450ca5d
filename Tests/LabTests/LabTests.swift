import Foundation
import Specs
import Testing

@testable import Lab

@Suite("The lab")
struct LabTests {
    @Test("an empty lab has the schema of schema.sql")
    func schema() throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "lab-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: folder) }
        let lab = try Lab(folder, create: true)
        #expect(try lab.integrityFaults().isEmpty)
    }
}
