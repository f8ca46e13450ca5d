/// The shape of one image, or of what a layer makes of it: positions, each with its channels. A vector is one position.
public struct Shape: Hashable, Sendable {
    public var height: Int
    public var width: Int
    public var channels: Int

    public init(_ height: Int, _ width: Int, _ channels: Int) {
        (self.height, self.width, self.channels) = (height, width, channels)
    }

    /// A vector of so many numbers: (1, 1, count).
    public static func vector(_ count: Int) -> Shape { Shape(1, 1, count) }

    /// Numbers in all, height · width · channels.
    public var count: Int { height * width * channels }

    /// The height or width after a kernel has been moved over `size` positions: ⌊(size + 2·padding − kernel) / stride⌋ + 1.
    public static func outputSide(_ size: Int, kernel: Int, stride: Int, padding: Int = 0) -> Int {
        (size + 2 * padding - kernel) / stride + 1
    }

    /// The shape after a kernel has been moved over height and width, with so many channels.
    public func after(kernel: Int, stride: Int, padding: Int = 0, channels: Int) -> Shape {
        let side = { Shape.outputSide($0, kernel: kernel, stride: stride, padding: padding) }
        return Shape(side(height), side(width), channels)
    }

    /// The shape of a layer's output for an input of this shape.
    public func after(_ layer: FeatureLayer) -> Shape {
        switch layer {
        case .convolution(let channels, let kernel, let stride, let padding),
            .normalisedConvolution(let channels, let kernel, let stride, let padding):
            after(kernel: kernel, stride: stride, padding: padding, channels: channels)
        case .residual(let channels, let stride): after(kernel: 3, stride: stride, padding: 1, channels: channels)
        case .maxPool(let kernel, let stride): after(kernel: kernel, stride: stride, channels: channels)
        case .globalMaxPool: .vector(channels)
        case .averagePool(let side): Shape(side, side, channels)
        }
    }
}
