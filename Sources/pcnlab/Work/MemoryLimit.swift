import Foundation
import Operations
import Specs
import Training

/// The memory that this process may use, in bytes: the machine's, or less where a control group limits it.
enum MemoryLimit {
    static let current = bytes(
        physical: Int(clamping: ProcessInfo.processInfo.physicalMemory), membership: "/proc/self/cgroup",
        hierarchies: "/sys/fs/cgroup")

    /// Bytes of a process that trains nothing: its code, its stacks and the buffers of its libraries.
    static let ofProcess = 64 << 20

    /// - Parameters:
    ///   - membership: a file like /proc/self/cgroup, with a line for each hierarchy: its number, its controllers and the path of
    ///     the process's group in it.
    ///   - hierarchies: the folder where they are mounted. That of version 2 is the folder itself; the memory controller of
    ///     version 1 is `memory` in it.
    static func bytes(physical: Int, membership: String, hierarchies: String) -> Int {
        let lines = ((try? String(contentsOfFile: membership, encoding: .utf8)) ?? "").split(separator: "\n")
        var limit = physical
        for line in lines {
            let fields = line.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
            guard fields.count == 3 else { continue }
            if fields[0] == "0", fields[1].isEmpty {
                limit = min(limit, least("memory.max", hierarchies, fields[2]))
            } else if fields[1].split(separator: ",").contains("memory") {
                limit = min(limit, least("memory.limit_in_bytes", hierarchies + "/memory", fields[2]))
            }
        }
        return limit
    }

    /// The least limit of a group and all the groups above it. In a container the group's path may not exist: the groups above,
    /// up to the root of the hierarchy, are read all the same.
    private static func least(_ file: String, _ root: String, _ group: Substring) -> Int {
        var parts = group.split(separator: "/").filter { $0 != ".." }
        var least = Int.max
        while true {
            let path = ([root] + parts.map(String.init) + [file]).joined(separator: "/")
            // No number: "max", which is no limit.
            if let text = try? String(contentsOfFile: path, encoding: .utf8),
                let bytes = Int(text.trimmingCharacters(in: .whitespacesAndNewlines))
            {
                least = min(least, bytes)
            }
            if parts.isEmpty { return least }
            parts.removeLast()
        }
    }
}

extension Settings {
    /// Bytes that a process needs to train the run alone: its own, the data set's and the run's.
    var bytesAlone: Int { MemoryLimit.ofProcess + dataset.bytes + bytesBesideDataset }

    /// Bytes that the run needs in a process that holds its data set already. A checkpoint is written from the network's own tensors
    /// and needs none.
    var bytesBesideDataset: Int {
        // Images that are augmented are kept in their own size too; all of a split are the data set's.
        let unresized = augment.isEmpty || trainSamples == nil ? 0 : trainImages * dataset.side * dataset.side * dataset.channels
        return trainingBytes + (trainImages + evaluatedImages) * inputSides.height * inputSides.width * inputSides.channels
            + unresized
    }
}

extension DatasetName {
    /// Bytes of the data set in memory, 8 bits a pixel. All runs of a process share it.
    var bytes: Int {
        let whole = Settings(architecture: .convnet, dataset: self), sides = whole.inputSides
        return (whole.trainImages + whole.testImages) * (sides.height * sides.width * sides.channels + 1)
    }
}

/// Refuses a network that does not fit into the memory: it would end the process, and every other run with it.
func checkMemory(_ settings: Settings, limit: Int = MemoryLimit.current) throws {
    guard settings.bytesAlone > limit else { return }
    throw Failure(
        "training it takes \(gigabytes(settings.bytesAlone)) of memory, and \(gigabytes(limit)) are available; "
            + "give smaller widths or a smaller batch_size", Exit.unavailable)
}

/// 1.5 GB
func gigabytes(_ bytes: Int) -> String { String(format: bytes < 10_000_000_000 ? "%.1f GB" : "%.0f GB", Double(bytes) / 1e9) }
