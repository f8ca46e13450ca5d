import Foundation
import Lab
import Operations
import ProgramUnderTest
import Specs
import Testing

@testable import pcnlab

@Suite("Memory")
struct MemoryTests {
    private func limit(_ membership: String, _ files: [String: String], physical: Int = 1000) throws -> Int {
        var limit = 0
        try Program.inNewFolder { program in
            let root = program.folder.appending(path: "cgroup"), list = program.folder.appending(path: "membership")
            try Data(membership.utf8).write(to: list)
            for (name, text) in files {
                let file = root.appending(path: name)
                try FileManager.default.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
                try Data("\(text)\n".utf8).write(to: file)
            }
            limit = MemoryLimit.bytes(physical: physical, membership: list.path, hierarchies: root.path)
        }
        return limit
    }

    @Test("is limited by the process's control group and those above it, in versions 1 and 2, and by the machine")
    func limits() throws {
        #expect(try limit("", [:]) == 1000)
        let second = "0::/user.slice/job\n"
        #expect(try limit(second, ["user.slice/job/memory.max": "300"]) == 300)
        #expect(try limit(second, ["user.slice/job/memory.max": "max", "user.slice/memory.max": "200"]) == 200)
        #expect(try limit(second, ["user.slice/job/memory.max": "400", "memory.max": "500"]) == 400)
        #expect(try limit(second, ["user.slice/job/memory.max": "9000"]) == 1000)
        let first = "9:name=systemd:/x\n3:cpu,memory:/docker/ab\n"
        #expect(try limit(first, ["memory/docker/ab/memory.limit_in_bytes": "300"]) == 300)
        #expect(try limit(first, ["memory/docker/ab/memory.limit_in_bytes": "9223372036854771712"]) == 1000)
        // In a container the group is the root of what is mounted, and its path names nothing there.
        #expect(try limit(first, ["memory/memory.limit_in_bytes": "250"]) == 250)
        #expect(try limit("0::/../../job", ["memory.max": "100"]) == 100)
    }

    private let settings = Settings(linear: .mlp, dataset: .shapes, batchSize: 512)

    @Test("holds several runs if it holds the sum of them, with one data set; one that does not fit waits until another ends")
    func admission() {
        let one = settings.bytesAlone, two = one + settings.bytesBesideDataset
        let admission = MemoryAdmission(limit: two)
        #expect(admission.reserve("0123456789abcdef", settings, worker: 0) == .admitted)
        #expect(admission.reserve("1123456789abcdef", settings, worker: 1) == .admitted)
        guard case .waits(let text) = admission.reserve("2123456789abcdef", settings, worker: 2) else {
            Issue.record("a third run is admitted")
            return
        }
        #expect(text.hasPrefix("run 21234567 waits for memory: it needs "))
        admission.release(worker: 0)
        #expect(admission.reserve("2123456789abcdef", settings, worker: 2) == .admitted)
    }

    @Test("admits a run that never fits, so that it fails with an error and does not block the queue")
    func never() {
        let admission = MemoryAdmission(limit: settings.bytesAlone - 1)
        #expect(admission.reserve("0123456789abcdef", settings, worker: 0) == .admitted)
        #expect(throws: Failure.self) { try checkMemory(settings, limit: settings.bytesAlone - 1) }
        #expect(throws: Never.self) { try checkMemory(settings, limit: settings.bytesAlone) }
    }
}
