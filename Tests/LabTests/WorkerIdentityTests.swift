import Foundation
import Testing

@testable import Lab

@Suite("Who a worker is") struct WorkerIdentityTests {
    private let here = WorkerIdentity.current

    @Test("this process knows itself, and is not gone")
    func current() {
        #expect(here.process == getpid() && here.started > 0 && !here.isGone)
    }

    @Test("an identity reads back from its text")
    func text() {
        #expect(WorkerIdentity(text: here.text) == here)
        for text in ["", "1 2 3", "1 2 3 4 5", "x 2 boot space", "1 -2 boot space"] { #expect(WorkerIdentity(text: text) == nil) }
    }

    @Test("a child is there while it runs, and gone after")
    func child() throws {
        let child = try WorkerIdentity.child { child in
            #expect(child.started >= here.started && !child.isGone)
        }
        #expect(child.isGone)
    }

    @Test("a process that has taken over another's number is not that other")
    func reused() {
        #expect(WorkerIdentity(process: here.process, started: here.started - 1, boot: here.boot, space: here.space).isGone)
    }

    @Test("of a process in another space nothing is known; of one of another boot, that it is gone")
    func elsewhere() {
        #expect(!WorkerIdentity(process: 1, started: 1, boot: here.boot, space: "pid:[1]").isGone)
        #expect(WorkerIdentity(process: here.process, started: here.started, boot: "before", space: here.space).isGone)
        #expect(WorkerIdentity(process: here.process, started: here.started, boot: "before", space: "pid:[1]").isGone)
    }

    @Test("the monotonic clock goes on while the wall clock tells the date")
    func clocks() {
        let first = LabClock.system.uptime()
        Thread.sleep(forTimeInterval: 0.02)
        #expect(LabClock.system.uptime() >= first + 20)
        #expect(abs(LabClock.system.now() - Int64(Date().timeIntervalSince1970 * 1000)) < 5000)
    }
}
