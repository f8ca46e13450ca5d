import Foundation

public struct WaitedInVain: Error {}

/// Waits until something holds; for up to two minutes, as a machine may be busy with other things.
public func until(_ condition: () throws -> Bool) throws {
    for _ in 0..<1200 {
        if try condition() { return }
        Thread.sleep(forTimeInterval: 0.1)
    }
    throw WaitedInVain()
}
