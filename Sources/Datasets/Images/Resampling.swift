/// Bilinear resampling of square images of one side to another, without antialiasing: centres of pixels at half steps, the
/// border's pixels repeated (§4.2).
public struct Resampling: Sendable {
    public let side: Int
    /// For each output row or column: the two input neighbours, and the weight of the second.
    private let neighbours: [(first: Int, second: Int, share: Float)]

    /// For each output row or column: its two input neighbours, and the weight of the second.
    public var taps: (first: [Int], second: [Int], share: [Float]) {
        (neighbours.map(\.first), neighbours.map(\.second), neighbours.map(\.share))
    }

    public init(from input: Int, to side: Int) {
        self.side = side
        neighbours = Self.neighbours(from: input, to: side)
    }

    /// For each output row or column: the two input neighbours, and the weight of the second.
    static func neighbours(from input: Int, to side: Int) -> [(first: Int, second: Int, share: Float)] {
        (0..<side).map { index in
            let place = max(0, (Double(index) + 0.5) * Double(input) / Double(side) - 0.5)
            let first = min(Int(place), input - 1)
            return (first, min(first + 1, input - 1), Float(place - Double(first)))
        }
    }

    /// Resizes one image of planes to (side, side, channels), rounds to whole grey levels and scales them.
    /// - Parameter scratch: space for two rows of the output.
    func resize(
        _ planes: UnsafePointer<UInt8>, input: Int, channels: Int, _ scale: PixelScale, scratch: UnsafeMutablePointer<Float>,
        into output: UnsafeMutablePointer<Float>
    ) {
        let row = side * channels
        let (upper, lower) = (scratch, scratch + row)
        var held = (-1, -1)
        for (y, place) in neighbours.enumerated() {
            if held != (place.first, place.second) {
                across(planes, input, channels, place.first, into: upper)
                across(planes, input, channels, place.second, into: lower)
                held = (place.first, place.second)
            }
            let target = output + y * row
            for i in 0..<row { target[i] = (upper[i] + (lower[i] - upper[i]) * place.share).rounded(.toNearestOrEven) }
            for channel in 0..<channels where scale.scale[channel] != 1 || scale.offset[channel] != 0 {
                for x in 0..<side {
                    target[x * channels + channel] = target[x * channels + channel] * scale.scale[channel] + scale.offset[channel]
                }
            }
        }
    }

    /// Resamples one input row horizontally, with interleaved channels.
    private func across(
        _ planes: UnsafePointer<UInt8>, _ input: Int, _ channels: Int, _ y: Int, into row: UnsafeMutablePointer<Float>
    ) {
        for channel in 0..<channels {
            let levels = planes + (channel * input + y) * input
            for (x, place) in neighbours.enumerated() {
                let (first, second) = (Float(levels[place.first]), Float(levels[place.second]))
                row[x * channels + channel] = first + (second - first) * place.share
            }
        }
    }
}
