import Foundation

/// One 8-bit picture of any size, channel-first, as a user gives it for a prediction.
public struct Picture: Sendable, Equatable {
    /// Columns of pixels.
    public let width: Int
    /// Rows of pixels.
    public let height: Int
    /// 1 for grey, 3 for red, green, blue.
    public let channels: Int
    /// Levels, (C, H, W).
    public internal(set) var pixels: [UInt8]

    /// A black picture.
    init(width: Int, height: Int, channels: Int) {
        (self.width, self.height, self.channels) = (width, height, channels)
        pixels = [UInt8](repeating: 0, count: channels * width * height)
    }

    /// Pictures with the names of their places: the file for a PNG, file and number for each image of an IDX file.
    /// - Throws: ``DatasetError``
    public static func read(_ file: String) throws -> [(name: String, picture: Picture)] {
        let source = try PeekedSource(OfficialContent.source(URL(fileURLWithPath: file)))
        if source.first == PNGFile.signature {
            guard let bytes = try source.bytes(upTo: PNGFile.sizeLimit) else {
                throw DatasetError.badPicture(file: file, fault: .damaged(part: "IDAT"))
            }
            do {
                return [(file, try PNGFile(bytes).picture)]
            } catch {
                throw DatasetError.badPicture(file: file, fault: error)
            }
        }
        guard source.first.starts(with: [0, 0, 8]) else { throw DatasetError.badPicture(file: file, fault: .unknownFormat) }
        let images = try NumberArray(idx: source, name: file).images()
        let size = images.channels * images.side * images.side
        guard images.channels == 1 || images.channels >= 3 else {
            throw DatasetError.badPicture(file: file, fault: .unknownFormat)
        }
        return (0..<images.pixels.count / size).map { index in
            var picture = Picture(width: images.side, height: images.side, channels: min(3, images.channels))
            picture.pixels = Array(images.pixels[index * size..<index * size + picture.pixels.count])
            return ("\(file)[\(index)]", picture)
        }
    }

    /// The picture as a data set's images are: its middle square, with `channels` channels, resized to `side` (bilinear, without
    /// antialiasing, as images are resized for a network).
    /// - Returns: (C, side, side)
    public func fitted(channels wanted: Int, side: Int) -> [UInt8] {
        let planes = converted(to: wanted)
        let square = min(width, height), (left, top) = ((width - square) / 2, (height - square) / 2)
        let neighbours = Resampling.neighbours(from: square, to: side)
        return (0..<wanted).flatMap { channel -> [UInt8] in
            let level = { (y: Int, x: Int) in Float(planes[(channel * height + top + y) * width + left + x]) }
            return neighbours.flatMap { row in
                neighbours.map { column in
                    let upper =
                        level(row.first, column.first)
                        + (level(row.first, column.second) - level(row.first, column.first)) * column.share
                    let lower =
                        level(row.second, column.first)
                        + (level(row.second, column.second) - level(row.second, column.first)) * column.share
                    return UInt8((upper + (lower - upper) * row.share).rounded(.toNearestOrEven))
                }
            }
        }
    }

    /// Grey from colours is luma (ITU-R 601-2), rounded as Pillow does; colours from grey are three times the same. A fourth channel
    /// is full.
    private func converted(to wanted: Int) -> [UInt8] {
        let plane = width * height
        if wanted == channels { return pixels }
        if wanted == 1 {
            return (0..<plane).map { pixel in
                let (red, green, blue) = (Int(pixels[pixel]), Int(pixels[plane + pixel]), Int(pixels[2 * plane + pixel]))
                return UInt8((red * 19_595 + green * 38_470 + blue * 7_471 + 0x8000) >> 16)
            }
        }
        return (0..<wanted).flatMap { channel -> [UInt8] in
            if channel >= 3 || wanted == 2 && channel == 1 { return [UInt8](repeating: 255, count: plane) }
            let source = channels == 1 ? 0 : channel
            return Array(pixels[source * plane..<(source + 1) * plane])
        }
    }
}
