import Foundation
import Specs
import Training

/// Refuses a network that does not fit: it would end the process, and with it every other run.
func checkMemory(_ settings: Settings) throws {
    let (needed, there) = (Double(settings.trainingBytes), Double(ProcessInfo.processInfo.physicalMemory))
    guard needed > there else { return }
    let gigabytes = { (bytes: Double) in String(format: "%.0f GB", bytes / 1e9) }
    throw Failure(
        "training it takes \(gigabytes(needed)) of memory, this machine has \(gigabytes(there)); "
            + "give smaller widths or a smaller batch_size", Exit.unavailable)
}
