import Tensors

extension ImageSet {
    /// Writes the images at these indices as rows (y, x, channel) of inputs, resized if `resampling` is given, each level scaled.
    /// - Parameters:
    ///   - output: (B, side · side · C).
    ///   - scratch: space for two rows of an image, used by the calling thread only.
    public func interleave(
        _ indices: ArraySlice<Int32>, _ scale: PixelScale, _ resampling: Resampling?, scratch: UnsafeMutablePointer<Float>,
        into output: Matrix
    ) {
        let size = resampling.map { $0.side * $0.side } ?? height * width
        precondition(output.rows >= indices.count && output.columns == size * channels && height == width)
        pixels.withUnsafeBufferPointer { pixels in
            guard let pixels = pixels.baseAddress else { return precondition(indices.isEmpty, "an index is below count") }
            for (row, index) in indices.enumerated() {
                precondition(index >= 0 && index < count, "an index is below count")
                let (planes, target) = (pixels + Int(index) * imageSize, output.row(row))
                if let resampling {
                    resampling.resize(planes, input: height, channels: channels, scale, scratch: scratch, into: target)
                    continue
                }
                for channel in 0..<channels {
                    let (levels, slope, offset) = (planes + channel * size, scale.scale[channel], scale.offset[channel])
                    for i in 0..<size { target[i * channels + channel] = Float(levels[i]) * slope + offset }
                }
            }
        }
    }
}
