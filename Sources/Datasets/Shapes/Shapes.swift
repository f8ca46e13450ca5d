import Dispatch
import Tensors

/// The generated data set: 32×32 RGB images, each with one of ten shapes at a random place, size and angle, in random colours
/// and with noise. It is a pure function of ``version``: every machine generates the same bytes.
///
/// Colours are independent of the class, so that the mean images of the classes are nearly the same: a linear
/// classifier learns almost nothing, a network with hidden layers does.
enum Shapes {
    /// Must be raised whenever a pixel of the set changes, because results of different versions are not comparable.
    static let version = 1
    /// Name of the generator; the digest is that of the name and the version.
    static let generator = "pcnlab-shapes"
    /// Rows and columns of an image.
    static let side = 32

    /// Images in a split.
    static func count(_ split: Split) -> Int {
        switch split {
        case .train: 10_000
        case .test: 2_000
        }
    }

    /// Draws one split; label i is i mod 10, so classes are exactly balanced.
    /// - Parameters:
    ///   - split: selects the random stream, so that the splits have different images.
    ///   - count: N, by default the whole split. The first images do not depend on it.
    static func generate(_ split: Split, count: Int? = nil) -> ImageSet {
        let count = count ?? Self.count(split)
        let stream = RandomStream(seed: UInt64(version), purpose: "\(generator)/\(split)")
        let outlines = ShapeOutline.allCases
        let imageSize = 3 * side * side
        let tile = 100
        let pixels = [UInt8](unsafeUninitializedCapacity: count * imageSize) { buffer, initialized in
            // Each image has its own bytes and random numbers, so the order of the tiles does not matter.
            nonisolated(unsafe) let pixels = buffer
            DispatchQueue.concurrentPerform(iterations: (count + tile - 1) / tile) { index in
                for image in index * tile..<min(count, (index + 1) * tile) {
                    ShapeDrawing(stream: stream, image: image).draw(
                        outlines[image % outlines.count],
                        into: UnsafeMutableBufferPointer(rebasing: pixels[image * imageSize..<(image + 1) * imageSize]))
                }
            }
            initialized = count * imageSize
        }
        let labels = (0..<count).map { UInt8($0 % outlines.count) }
        return ImageSet(channels: 3, height: side, width: side, pixels: pixels, labels: labels)
    }
}
