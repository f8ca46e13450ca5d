import Dispatch
import Tensors

/// The generated data set: one shape of ten an image, 32×32 RGB, at a random place, size and angle, in random colours,
/// under noise. A pure function of ``version``: every machine makes the same bytes, so nothing is downloaded or stored.
///
/// Colours are drawn without regard to the class, so that the mean image of every class is nearly the same and a linear
/// classifier learns next to nothing, while a network with hidden layers does.
enum Shapes {
    /// Raised whenever a pixel of the set changes: results under another version are other results.
    static let version = 1
    /// What makes the pixels; part of the digest beside the version.
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
    ///   - split: names the stream of randomness: the other split shows other images.
    ///   - count: N, the whole split unless told; the first images do not depend on it.
    static func generate(_ split: Split, count: Int? = nil) -> ImageSet {
        let count = count ?? Self.count(split)
        let stream = RandomStream(seed: UInt64(version), purpose: "\(generator)/\(split)")
        let outlines = ShapeOutline.allCases
        let imageSize = 3 * side * side
        let tile = 100
        let pixels = [UInt8](unsafeUninitializedCapacity: count * imageSize) { buffer, initialized in
            // Every image writes its own bytes and draws its own numbers: the order of the tiles does not matter.
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
