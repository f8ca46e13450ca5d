extension ImageSet {
    /// Half the height and width: bilinear without antialiasing, rounded to whole grey levels, which for a factor of two
    /// is the mean of each 2×2 block (paper §4.2–4.3). Halves round to even, as PyTorch does.
    /// - Precondition: height and width are even.
    public func halved() -> ImageSet {
        precondition(height % 2 == 0 && width % 2 == 0, "an odd side cannot be halved")
        let (outHeight, outWidth, planes) = (height / 2, width / 2, count * channels)
        let halved = [UInt8](unsafeUninitializedCapacity: planes * outHeight * outWidth) { output, initialized in
            pixels.withUnsafeBufferPointer { input in
                guard let input = input.baseAddress, let output = output.baseAddress else { return }
                // Rows follow one another across planes, so that output row r always comes from input rows 2r and 2r + 1.
                for row in 0..<planes * outHeight {
                    Self.halve(input + 2 * row * width, input + (2 * row + 1) * width, outWidth, into: output + row * outWidth)
                }
            }
            initialized = planes * outHeight * outWidth
        }
        return ImageSet(channels: channels, height: outHeight, width: outWidth, pixels: halved, labels: labels)
    }

    @inline(__always)
    private static func halve(
        _ upper: UnsafePointer<UInt8>, _ lower: UnsafePointer<UInt8>, _ count: Int, into output: UnsafeMutablePointer<UInt8>
    ) {
        for x in 0..<count {
            let sum = UInt16(upper[2 * x]) &+ UInt16(upper[2 * x + 1]) &+ UInt16(lower[2 * x]) &+ UInt16(lower[2 * x + 1])
            // Adding 1 rounds a half down and more up; an odd quotient gets 2, so that its half goes up, to even.
            output[x] = UInt8(truncatingIfNeeded: (sum &+ 1 &+ ((sum >> 2) & 1)) >> 2)
        }
    }
}
