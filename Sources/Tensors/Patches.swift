import CKernels

/// The patches of a batch of images that a convolution's output positions see, as a matrix that is never stored whole: a row for
/// each position (image, oy, ox), in it the floats (ky, kx, channel). A view.
///
/// `@unchecked Sendable` for the reason given at `Tensor`.
public struct Patches: @unchecked Sendable {
    private let geometry: pcn_patches
    public let rows: Int
    public let columns: Int

    /// - Parameters:
    ///   - images: (B, height · width · channels).
    ///   - output: positions down and across.
    ///   - kernel: positions down and across that a patch covers.
    ///   - origin: where the first position's patch begins: minus the padding.
    public init(
        _ images: Matrix, height: Int, width: Int, channels: Int, output: (height: Int, width: Int), stride: Int,
        kernel: (height: Int, width: Int), origin: (top: Int, left: Int)
    ) {
        precondition(images.columns == height * width * channels)
        geometry = pcn_patches(
            x: images.base, image_stride: images.stride, height: height, width: width, channels: channels,
            out_height: output.height, out_width: output.width, stride: stride, kernel_height: kernel.height,
            kernel_width: kernel.width, top: origin.top, left: origin.left)
        rows = images.rows * output.height * output.width
        columns = kernel.height * kernel.width * channels
    }

    /// Writes a part of the matrix.
    public func fill(_ target: Matrix, rows part: Range<Int>, columns range: Range<Int>, _ kernels: Kernels = .current) {
        precondition(
            target.rows == part.count && target.columns == range.count && part.upperBound <= rows && range.upperBound <= columns)
        withUnsafePointer(to: geometry) {
            kernels.table.pointee.patches(
                $0, part.lowerBound, part.upperBound, range.lowerBound, range.upperBound, target.base, target.stride)
        }
    }

    /// y (positions · channels) = the largest of each window of one image.
    public func maxPool(image: Int, into y: UnsafeMutablePointer<Float>) {
        withUnsafePointer(to: geometry) { Kernels.current.table.pointee.max_pool($0, image, y) }
    }

    /// dx of one image, set whole: each dy goes to the first element of its window that is as large as y.
    public func maxPoolBackward(
        image: Int, _ y: UnsafePointer<Float>, _ dy: UnsafePointer<Float>, into dx: UnsafeMutablePointer<Float>
    ) {
        withUnsafePointer(to: geometry) { Kernels.current.table.pointee.max_pool_backward($0, image, y, dy, dx) }
    }
}
