import CKernels

/// Some neurons' positions, transposed so that neighbouring neurons lie side by side: (d, stride). A view of scratch memory.
public struct PackedCloud {
    /// Neurons come in whole blocks of this many; a tile's row stride is a multiple of it.
    public static let block = Int(PCN_BLOCK)

    let base: UnsafeMutablePointer<Float>
    let count: Int
    let d: Int
    let stride: Int

    /// Floats that packing `count` positions in ℝᵈ takes.
    public static func capacity(count: Int, d: Int) -> Int { (count + block - 1) / block * block * d }

    /// Packs the rows of `cloud` (count, d) into `scratch`, which holds at least `capacity` floats.
    public init(_ cloud: Matrix, in scratch: UnsafeMutablePointer<Float>) {
        precondition(cloud.stride == cloud.columns, "a cloud's rows lie without gaps")
        count = cloud.rows
        d = cloud.columns
        stride = Self.capacity(count: count, d: 1)
        base = scratch
        pcn_pack(count, d, cloud.base, scratch, stride)
    }
}
