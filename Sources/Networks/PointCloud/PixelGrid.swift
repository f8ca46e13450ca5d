import Specs
import Tensors

extension Parameter {
    /// Places the points (C·H·W, d), channel by channel, on the grid of an image's pixels: a point's first coordinate is its pixel's
    /// place across and its second the place down, from −1 at one edge to 1 at the other, and the other d − 2 are one vector for each
    /// channel, uniform in [−1, 1] by the parameter's name and the run's seed.
    func place(on image: Shape, seed: UInt64) {
        let d = value.shape[1], channels = RandomStream(seed: seed, purpose: "init/\(name)/channels")
        precondition(value.shape[0] == image.count && d > 2)
        for channel in 0..<image.channels {
            for y in 0..<image.height {
                for x in 0..<image.width {
                    let point = value.base + ((channel * image.height + y) * image.width + x) * d
                    point[0] = Self.place(x, of: image.width)
                    point[1] = Self.place(y, of: image.height)
                    for k in 2..<d { point[k] = channels.uniform(channel * (d - 2) + k - 2, in: -1..<1) }
                }
            }
        }
    }

    /// A place in [−1, 1]; 0 on a side of one pixel.
    private static func place(_ index: Int, of side: Int) -> Float {
        side > 1 ? 2 * Float(index) / Float(side - 1) - 1 : 0
    }
}
