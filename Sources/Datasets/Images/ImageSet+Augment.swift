import Specs
import Tensors

extension ImageSet {
    /// Copies of the images at these indices, each changed at random as the augmentations say.
    ///
    /// What happens to an image is a function of the seed, the epoch and the image's index alone: it depends neither on the batch nor
    /// on where a training was interrupted.
    public func augmented(_ indices: ArraySlice<Int32>, by augmentations: [Augmentation], seed: UInt64, epoch: Int) -> ImageSet {
        let (flips, crops) = (augmentations.contains(.flip), augmentations.contains(.crop))
        let stream = RandomStream(seed: seed, purpose: "augment", epoch: epoch), most = Augmentation.mostShift
        var copies = [UInt8](repeating: 0, count: indices.count * imageSize)
        copies.withUnsafeMutableBufferPointer { copies in
            pixels.withUnsafeBufferPointer { pixels in
                for (number, index) in indices.enumerated() {
                    let index = Int(index)
                    precondition(index >= 0 && index < count, "an index is below count")
                    let draw = { (which: Int) in crops ? stream.integer(3 * index + which, below: 2 * most + 1) - most : 0 }
                    let (across, down) = (draw(1), draw(2)), isMirrored = flips && stream.uniform(3 * index) < 0.5
                    for row in 0..<channels * height {
                        let y = row % height - down
                        guard y >= 0, y < height else { continue }
                        let from = index * imageSize + (row - down) * width, to = number * imageSize + row * width
                        for place in max(0, across)..<max(0, across, min(width, width + across)) {
                            let x = place - across
                            copies[to + place] = pixels[from + (isMirrored ? width - 1 - x : x)]
                        }
                    }
                }
            }
        }
        return ImageSet(
            channels: channels, height: height, width: width, pixels: copies, labels: indices.map { labels[Int($0)] })
    }
}
