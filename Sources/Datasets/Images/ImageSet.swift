/// Labelled 8-bit images of one size, as the network's input layer reads them: channel-first rows, one label each.
public struct ImageSet: Sendable, Equatable {
    /// Number of images, N.
    public let count: Int
    /// Colour channels, C: 3 for red, green, blue, 1 for grey.
    public let channels: Int
    /// Rows of pixels, H.
    public let height: Int
    /// Columns of pixels, W.
    public let width: Int
    /// Grey levels 0…255, (N, C, H, W).
    public let pixels: [UInt8]
    /// Classes from 0, (N).
    public let labels: [UInt8]

    /// - Parameters:
    ///   - pixels: (N, C, H, W) with N = `labels.count`.
    ///   - labels: (N)
    public init(channels: Int, height: Int, width: Int, pixels: [UInt8], labels: [UInt8]) {
        precondition(channels > 0 && height > 0 && width > 0, "an image has at least one pixel")
        precondition(pixels.count == labels.count * channels * height * width, "pixels are (N, C, H, W)")
        self.count = labels.count
        self.channels = channels
        self.height = height
        self.width = width
        self.pixels = pixels
        self.labels = labels
    }

    /// Values of one image, C·H·W: the width of the input layer.
    public var imageSize: Int { channels * height * width }
}

extension ImageSet: CustomStringConvertible {
    /// The shape, not the pixels.
    public var description: String { "ImageSet(\(count)×\(channels)×\(height)×\(width))" }
}
