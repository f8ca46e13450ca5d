/// How grey levels become the network's inputs; the spec's `input_scale`.
public enum PixelScaling: String, CaseIterable, Sendable {
    /// 0…255 as they are, the paper's way (§4.2).
    case raw
    /// 0…1.
    case unit
    /// Mean 0 and variance 1 per channel over the train split.
    case standard
}

/// One line per channel from grey level to input: value = level · scale + offset.
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

    /// The scaling fitted to the train split as the network sees it, that is after taking a subset and resizing.
    ///
    /// Means and variances come from whole-number sums, so no order of summation can change them. A channel that is
    /// the same everywhere is only centred.
    public init(_ scaling: PixelScaling, fittedTo train: ImageSet) {
        switch scaling {
        case .raw:
            self.init(
                scale: [Float](repeating: 1, count: train.channels), offset: [Float](repeating: 0, count: train.channels))
        case .unit:
            self.init(
                scale: [Float](repeating: 1 / 255, count: train.channels),
                offset: [Float](repeating: 0, count: train.channels))
        case .standard:
            let moments = (0..<train.channels).map { train.moments(channel: $0) }
            self.init(
                scale: moments.map { $0.deviation > 0 ? Float(1 / $0.deviation) : 1 },
                offset: moments.map { Float(-$0.mean / ($0.deviation > 0 ? $0.deviation : 1)) })
        }
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
        // n Σx² − (Σx)² passes 64 bits for a whole CIFAR channel.
        let spread = UInt128(samples) * UInt128(squares) - UInt128(sum) * UInt128(sum)
        return (Double(sum) / Double(samples), Double(spread).squareRoot() / Double(samples))
    }
}
