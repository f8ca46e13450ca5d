import Tensors

extension ImageSet {
    /// Writes the images at these indices as rows of inputs, each level scaled.
    /// - Parameters:
    ///   - indices: (B), each in 0 ..< count.
    ///   - scale: a linear function for each channel.
    ///   - output: (B, C·H·W).
    public func gather(_ indices: UnsafeBufferPointer<Int32>, _ scale: PixelScale, into output: Matrix) {
        precondition(output.rows >= indices.count && output.columns == channels * height * width)
        precondition(scale.scale.count == channels, "one slope and one intercept a channel")
        let plane = height * width
        pixels.withUnsafeBufferPointer { pixels in
            guard let pixels = pixels.baseAddress else {
                precondition(indices.isEmpty, "an index is below count")
                return
            }
            for (row, index) in indices.enumerated() {
                precondition(index >= 0 && index < count, "an index is below count")
                for channel in 0..<channels {
                    Self.scale(
                        pixels + (Int(index) * channels + channel) * plane, plane, scale.scale[channel], scale.offset[channel],
                        into: output.row(row) + channel * plane)
                }
            }
        }
    }

    /// The same for a slice of a shuffled epoch.
    public func gather(_ indices: ArraySlice<Int32>, _ scale: PixelScale, into output: Matrix) {
        indices.withUnsafeBufferPointer { gather($0, scale, into: output) }
    }

    @inline(__always)
    private static func scale(
        _ levels: UnsafePointer<UInt8>, _ count: Int, _ scale: Float, _ offset: Float, into output: UnsafeMutablePointer<Float>
    ) {
        for i in 0..<count { output[i] = Float(levels[i]) * scale + offset }
    }
}
