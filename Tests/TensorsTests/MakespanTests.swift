import Tensors
import Testing

@testable import Benchmarks

@Suite("A schedule for more threads")
struct MakespanTests {
    @Test("assigns each task to the first free thread, and includes serial work and overhead")
    func makespan() {
        let passes = [
            TaskTimer.Pass(serial: 0.5, tasks: [3, 1, 1, 1]), TaskTimer.Pass(serial: 0.25, tasks: [2]),
        ]
        let free = Makespan(passes, rest: 1, perPass: 0, perTask: 0)
        #expect(free.seconds(threads: 1) == 9.75)
        #expect(free.seconds(threads: 2) == 1.75 + 3 + 2)
        #expect(free.seconds(threads: 64) == 1.75 + 3 + 2)
        let costly = Makespan(passes, rest: 1, perPass: 0.5, perTask: 0.25)
        #expect(costly.seconds(threads: 1) == 9.75)
        #expect(costly.seconds(threads: 2) == 1.75 + 0.5 + 3.75 + 2)
        #expect(costly.serial == 1.75)
    }
}
