import CKernels
import Foundation

/// The C loops of one instruction set.
///
/// Every sum is one chain of multiply-adds in the order of its index. So all sets that fuse multiply and add give the same
/// bits, whatever the size of a tile or the number of threads.
public struct Kernels: Sendable {
    /// Points at a constant table, which is never written.
    nonisolated(unsafe) let table: UnsafePointer<pcn_kernels>

    /// avx512, avx2 or baseline.
    public var name: String { String(cString: table.pointee.name) }
    /// What decides the bits of a result: `fused`, or `unfused` on a processor that rounds a product before it is added.
    public var arithmetic: String { table.pointee.fused != 0 ? "fused" : "unfused" }
    /// Rows of a packed group.
    var rows: Int { table.pointee.rows }

    /// Those that this processor can run, the fastest first.
    public static let all: [Kernels] = (0...).lazy.map { pcn_kernels_at($0) }.prefix { $0 != nil }.map { Kernels(table: $0!) }

    /// The environment variable that chooses a set by its name, to compare them.
    public static let variable = "PCNLAB_KERNELS"

    /// The one in use: the fastest, or what `PCNLAB_KERNELS` names.
    public static let current: Kernels = {
        let asked = ProcessInfo.processInfo.environment[variable]
        return all.first { $0.name == asked } ?? all[0]
    }()
}

/// Columns of a panel; matrices that hold whole panels may be read and written without care for their last columns.
public let panelWidth = Int(PCN_PANEL)

/// `count` up to whole panels.
public func wholePanels(_ count: Int) -> Int { (count + panelWidth - 1) / panelWidth * panelWidth }
