/// How 8-bit grey levels become the network's inputs (§4.2): input = level · scale + offset.
public struct InputScale: Choice {
    /// Mean and standard deviation of a channel's levels over the train split.
    public typealias Moments = (mean: Double, deviation: Double)

    public let name: String
    public let summary: String
    /// The scale and offset of a channel. `moments` is computed only if it is called.
    public let fit: @Sendable (_ moments: () -> Moments) -> (scale: Float, offset: Float)

    /// The scale and offset of every channel where they do not depend on the images; nil where they do.
    public var fixed: (scale: Float, offset: Float)? {
        var isFixed = true
        let scale = fit {
            isFixed = false
            return (0, 1)
        }
        return isFixed ? scale : nil
    }

    /// 0…255, the paper's.
    public static let raw = InputScale(name: "raw", summary: "0…255") { _ in (1, 0) }
    /// 0…1.
    public static let unit = InputScale(name: "unit", summary: "0…1") { _ in (1 / 255, 0) }
    /// Mean 0 and variance 1 per channel over the train split. A constant channel is only centred.
    public static let standard = InputScale(name: "standard", summary: "mean 0 and variance 1 per channel") { moments in
        let (mean, deviation) = moments()
        return deviation > 0 ? (Float(1 / deviation), Float(-mean / deviation)) : (1, Float(-mean))
    }

    /// Whether the scale depends on the training images.
    public var needsMoments: Bool {
        var isAsked = false
        _ = fit {
            isAsked = true
            return (0, 1)
        }
        return isAsked
    }

    @TaskLocal public static var all: [InputScale] = [.raw, .unit, .standard]
}
