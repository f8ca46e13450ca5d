import Tensors

/// Place, size, angle and colours of the outline in one image of `shapes`.
///
/// The ranges make the data set difficult: a LinearNet-MLP at 16×16 classifies about three quarters of the test
/// images correctly after a dozen epochs, softmax regression about one in seven.
struct ShapeDrawing {
    private typealias Colour = (red: Int, green: Int, blue: Int)

    /// Random numbers for one image: those of the drawing, then one for the noise of each pixel.
    private static let numbersPerImage = 4096
    private static let firstNoise = 512
    /// Maximum distance of the centre from the image's centre along each axis, in pixels.
    private static let jitter: Float = 3.5
    /// Pixels from the shape's centre to its outermost points.
    private static let radii: Range<Float> = 8.5..<13
    /// Minimum difference of the mean grey levels of the two colours.
    private static let contrast = 45
    /// The noise is a centred binomial (64, ½), of standard deviation 4, times this: 16 grey levels.
    private static let noise = 4

    private let stream: RandomStream
    private let firstNumber: Int
    private let centreX: Double
    private let centreY: Double
    private let radius: Double
    private let cosine: Double
    private let sine: Double
    private let foreground: Colour
    private let background: Colour

    /// Derives the drawing of an image from its own part of the random stream.
    init(stream: RandomStream, image: Int) {
        let first = image * Self.numbersPerImage
        let middle = Double(Shapes.side) / 2
        self.stream = stream
        firstNumber = first
        centreX = middle + Double((stream.uniform(first) * 2 - 1) * Self.jitter)
        centreY = middle + Double((stream.uniform(first + 1) * 2 - 1) * Self.jitter)
        radius = Double(stream.uniform(first + 2, in: Self.radii))
        // A rational point of the unit circle, because the last bits of cos and sin differ between C libraries:
        // t in [−1, 1) covers the right half, the sign adds the left.
        let t = Double(stream.uniform(first + 3)) * 2 - 1
        let sign: Double = stream.integer(first + 4, below: 2) == 0 ? -1 : 1
        cosine = sign * (1 - t * t) / (1 + t * t)
        sine = sign * 2 * t / (1 + t * t)
        (foreground, background) = Self.colours(stream, from: first + 5)
    }

    /// Two random colours with sufficient contrast.
    private static func colours(_ stream: RandomStream, from first: Int) -> (Colour, Colour) {
        func colour(_ number: Int) -> Colour {
            (
                stream.integer(number, below: 256), stream.integer(number + 1, below: 256),
                stream.integer(number + 2, below: 256)
            )
        }
        func sum(_ colour: Colour) -> Int { colour.red + colour.green + colour.blue }
        // About half of all pairs have it, so the fallback after the loop is not reached in practice.
        for number in stride(from: first, to: first + firstNoise - 16, by: 6) {
            let pair = (colour(number), colour(number + 3))
            if abs(sum(pair.0) - sum(pair.1)) >= 3 * contrast { return pair }
        }
        return ((255, 255, 255), (0, 0, 0))
    }

    /// Writes the image, (3, 32, 32). Each pixel mixes the two colours by the number of its four sample points that are inside.
    func draw(_ outline: ShapeOutline, into pixels: UnsafeMutableBufferPointer<UInt8>) {
        let side = Shapes.side
        for y in 0..<side {
            for x in 0..<side {
                let covered = coverage(outline, x: Double(x), y: Double(y))
                let pixel = y * side + x
                put(covered, foreground.red, background.red, at: pixel, into: pixels)
                put(covered, foreground.green, background.green, at: pixel + side * side, into: pixels)
                put(covered, foreground.blue, background.blue, at: pixel + 2 * side * side, into: pixels)
            }
        }
    }

    @inline(__always)
    private func put(
        _ covered: Int, _ foreground: Int, _ background: Int, at index: Int, into pixels: UnsafeMutableBufferPointer<UInt8>
    ) {
        let bits = stream.bits(firstNumber + Self.firstNoise + index)
        let clean = (foreground * covered + background * (4 - covered) + 2) / 4
        pixels[index] = UInt8(clamping: clean + (bits.nonzeroBitCount - 32) * Self.noise)
    }

    /// The number of the pixel's 2×2 sample points inside the outline, 0…4.
    @inline(__always)
    private func coverage(_ outline: ShapeOutline, x: Double, y: Double) -> Int {
        var inside = 0
        for sample in 0..<4 {
            let across = x + (sample & 1 == 0 ? 0.25 : 0.75) - centreX
            let down = y + (sample & 2 == 0 ? 0.25 : 0.75) - centreY
            let u = (across * cosine + down * sine) / radius
            let v = (down * cosine - across * sine) / radius
            if outline.contains(u, v) { inside += 1 }
        }
        return inside
    }
}
