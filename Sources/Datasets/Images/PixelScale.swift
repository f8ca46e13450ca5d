import Specs

/// A linear function per channel from grey level to input: value = level · scale + offset.
public struct PixelScale: Sendable, Equatable {
    /// Slopes, (C).
    public let scale: [Float]
    /// Intercepts, (C).
    public let offset: [Float]

    /// - Precondition: as many slopes as intercepts.
    public init(scale: [Float], offset: [Float]) {
        precondition(scale.count == offset.count, "one slope and one intercept a channel")
        self.scale = scale
        self.offset = offset
    }

    /// The scale that a setting asks for; nil where it depends on the images.
    public init?(_ setting: InputScale, channels: Int) {
        guard let fixed = setting.fixed else { return nil }
        self.init(
            scale: [Float](repeating: fixed.scale, count: channels), offset: [Float](repeating: fixed.offset, count: channels))
    }

    /// The scale that a setting asks for, fitted to the train split as the network reads it: after taking a subset and resizing.
    ///
    /// Means and variances are computed from whole-number sums, so that no order of summation can change them.
    public init(_ setting: InputScale, fittedTo train: ImageSet) {
        let channels = (0..<train.channels).map { channel in setting.fit { train.moments(channel: channel) } }
        self.init(scale: channels.map(\.scale), offset: channels.map(\.offset))
    }
}

extension ImageSet {
    /// Mean and standard deviation (over N, not N − 1) of a channel's grey levels; 0 and 0 without images.
    func moments(channel: Int) -> (mean: Double, deviation: Double) {
        let plane = height * width
        guard count > 0 else { return (0, 0) }
        var sum: UInt64 = 0
        var squares: UInt64 = 0
        pixels.withUnsafeBufferPointer { pixels in
            for image in 0..<count {
                let first = (image * channels + channel) * plane
                var imageSum: UInt32 = 0
                var imageSquares: UInt64 = 0
                for level in pixels[first..<first + plane] {
                    imageSum &+= UInt32(level)
                    imageSquares &+= UInt64(UInt32(level) &* UInt32(level))
                }
                sum += UInt64(imageSum)
                squares += imageSquares
            }
        }
        let samples = UInt64(count * plane)
        // n Σx² − (Σx)² exceeds 64 bits for a whole CIFAR channel.
        let spread = UInt128(samples) * UInt128(squares) - UInt128(sum) * UInt128(sum)
        return (Double(sum) / Double(samples), Double(spread).squareRoot() / Double(samples))
    }
}
