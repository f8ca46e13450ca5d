import Foundation
import ProgramUnderTest
import Synchronization
import Tensors
import Testing

@Suite("Workers")
struct WorkersTests {
    @Test("run every task once, and never two tasks with the same thread index at a time", arguments: [1, 2, 5])
    func everyTaskOnce(_ threads: Int) {
        let runs = Mutex([Int](repeating: 0, count: 100)), busy = Mutex(Set<Int>())
        Workers(threads: threads).forEach(100) { task, threadIndex in
            #expect(threadIndex < threads)
            #expect(busy.withLock { $0.insert(threadIndex).inserted })
            runs.withLock { $0[task] += 1 }
            _ = busy.withLock { $0.remove(threadIndex) }
        }
        #expect(runs.withLock { $0 } == [Int](repeating: 1, count: 100))
    }

    @Test("run every task of thousands of short passes, also after their threads have gone to sleep", arguments: [2, 5])
    func manyPasses(_ threads: Int) {
        let workers = Workers(threads: threads)
        for pass in 0..<3000 {
            let tasks = pass % 9, sum = Atomic<Int>(0)
            if pass % 1000 == 999 { Thread.sleep(forTimeInterval: 0.1) }
            workers.forEach(tasks) { task, _ in sum.wrappingAdd(task + 1, ordering: .relaxed) }
            #expect(sum.load(ordering: .relaxed) == tasks * (tasks + 1) / 2)
        }
    }

    @Test("end their threads, and a sleeping thread uses no processor time")
    func threadsEnd() throws {
        /// Processor seconds of each thread of this name.
        func threads(_ name: String) throws -> [Double] {
            try FileManager.default.contentsOfDirectory(atPath: "/proc/self/task").compactMap { task in
                guard let text = try? String(contentsOfFile: "/proc/self/task/\(task)/stat", encoding: .utf8),
                    text.contains("(\(name))")
                else { return nil }
                let fields = text.split(separator: ")").last?.split(separator: " ") ?? []
                return fields.count > 12 ? (Double(fields[11]) ?? 0) / 100 + (Double(fields[12]) ?? 0) / 100 : nil
            }
        }
        var workers: Workers? = Workers(threads: 34)
        workers?.forEach(100) { _, _ in }
        // On a busy machine a thread takes a while to start, and to go to sleep.
        try until { try threads("tasks 33").count == 1 }
        try until {
            let before = try threads("tasks 33")
            Thread.sleep(forTimeInterval: 0.5)
            return try threads("tasks 33") == before
        }
        workers = nil
        try until { try threads("tasks 33").isEmpty }
    }

    @Test("tilings cover the whole range; the last tile is the remainder")
    func tiling() {
        let tiling = Tiling(10, by: 4)
        #expect((0..<tiling.count).map { tiling[$0] } == [0..<4, 4..<8, 8..<10])
        #expect(Tiling(0, by: 4).count == 0)
    }
}
