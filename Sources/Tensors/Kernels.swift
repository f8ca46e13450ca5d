import CKernels
import Foundation

/// The C loops of one instruction set.
///
/// Every sum is one chain of multiply-adds in the order of its index, so all sets that fuse multiply and add give the same bits
/// for any tile size and any number of threads.
public struct Kernels: Sendable {
    // `nonisolated(unsafe)`: it points at a constant table, which is never written.
    nonisolated(unsafe) package let table: UnsafePointer<pcn_kernels>

    /// avx512, avx2 or baseline.
    public var name: String { String(cString: table.pointee.name) }
    /// What decides the bits of a sum: `fused`, or `unfused` on a processor that rounds a product before it is added.
    public var arithmetic: String { table.pointee.fused != 0 ? "fused" : "unfused" }
    /// Rows of a packed group.
    var rows: Int { table.pointee.rows }

    /// The sets that this processor can run, the fastest first.
    public static let all: [Kernels] = (0...).lazy.map { pcn_kernels_at($0) }.prefix { $0 != nil }.map { Kernels(table: $0!) }

    /// The environment variable that chooses a set by its name, to compare them.
    public static let variable = "PCNLAB_KERNELS"

    /// The one in use: the fastest, or the one that `PCNLAB_KERNELS` names.
    public static let current: Kernels = chosen ?? all[0]

    /// Why `PCNLAB_KERNELS` cannot be followed; nil where it can, or is not set.
    public static var refusal: String? {
        guard let asked, chosen == nil else { return nil }
        return "\(variable)=\(asked): this processor has no such kernels; expected \(all.map(\.name).joined(separator: ", "))"
    }

    private static let asked = ProcessInfo.processInfo.environment[variable].flatMap { $0.isEmpty ? nil : $0 }
    private static let chosen = all.first { $0.name == asked }
}

/// Columns of a panel of a packed right-hand side.
public let panelWidth = Int(PCN_PANEL)

/// `count` up to whole panels.
public func wholePanels(_ count: Int) -> Int { (count + panelWidth - 1) / panelWidth * panelWidth }
