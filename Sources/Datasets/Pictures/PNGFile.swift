import CZlib
import Specs

/// What is wrong with a picture's file.
public enum PictureFault: Error, Equatable, Sendable, CustomStringConvertible {
    /// It begins neither as a PNG nor as an IDX file does.
    case unknownFormat
    /// It ends before its end mark.
    case truncated
    /// A part whose checksum or content is wrong.
    case damaged(part: String)
    /// A kind of PNG that does not exist.
    case unknownKind(depth: Int, colourType: Int)
    /// More pixels than are read.
    case tooLarge(width: Int, height: Int, limit: Int)

    /// What is wrong, to be placed after the file's name.
    public var description: String {
        switch self {
        case .unknownFormat: "is neither a PNG nor an IDX file; convert it to PNG"
        case .truncated: "is truncated; copy it again"
        case .damaged(let part): "its part \(part.printable) is damaged; copy it again"
        case .unknownKind(let depth, let type):
            "is a PNG of an unknown kind (depth \(depth), colour type \(type)); save it again as PNG"
        case .tooLarge(let width, let height, let limit):
            "has \(width.grouped)×\(height.grouped) pixels; reduce it to \(limit.grouped) at most"
        }
    }
}

/// A PNG image (ISO/IEC 15948): all colour types and depths, interlaced or not. Alpha, gamma and colour profiles are ignored, and of
/// 16 bits the upper 8 are kept.
struct PNGFile {
    /// The image, with 1 or 3 channels.
    let picture: Picture

    static let signature: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]
    /// The most pixels, and the most bytes of a file.
    static let pixelLimit = 1 << 25, sizeLimit = 1 << 28

    /// - Throws: ``PictureFault``
    init(_ bytes: [UInt8]) throws(PictureFault) {
        let chunks = try PNGChunks(bytes)
        let header = try PNGHeader(chunks.header)
        guard let raw = Inflation.bytes(of: chunks.data, expected: header.rawBytes, windowBits: 15) else {
            throw .damaged(part: "IDAT")
        }
        let channels = header.isGrey ? 1 : 3
        var picture = Picture(width: header.width, height: header.height, channels: channels)
        var place = 0
        for pass in header.passes {
            let rowBytes = header.rowBytes(pass.columns)
            var above = [UInt8](repeating: 0, count: rowBytes)
            for row in 0..<pass.rows {
                var line = Array(raw[place + 1..<place + 1 + rowBytes])
                try Self.unfilter(&line, above, filter: raw[place], step: max(1, header.samples * header.depth / 8))
                place += 1 + rowBytes
                for column in 0..<pass.columns {
                    let target = (pass.y + row * pass.rowStep) * header.width + pass.x + column * pass.columnStep
                    try header.write(line, column, palette: chunks.palette, to: &picture, at: target)
                }
                above = line
            }
        }
        self.picture = picture
    }

    /// Adds the prediction of a line's filter (§9).
    private static func unfilter(_ line: inout [UInt8], _ above: [UInt8], filter: UInt8, step: Int) throws(PictureFault) {
        for index in line.indices {
            let left = index < step ? 0 : line[index - step], up = above[index], corner = index < step ? 0 : above[index - step]
            switch filter {
            case 0: return
            case 1: line[index] &+= left
            case 2: line[index] &+= up
            case 3: line[index] &+= UInt8((Int(left) + Int(up)) / 2)
            case 4:
                let estimate = Int(left) + Int(up) - Int(corner)
                let (a, b, c) = (abs(estimate - Int(left)), abs(estimate - Int(up)), abs(estimate - Int(corner)))
                line[index] &+= a <= b && a <= c ? left : b <= c ? up : corner
            default: throw .damaged(part: "IDAT")
            }
        }
    }
}

/// The chunks of a PNG file that are read.
private struct PNGChunks {
    private(set) var header: [UInt8] = []
    private(set) var palette: [UInt8] = []
    private(set) var data: [UInt8] = []

    init(_ bytes: [UInt8]) throws(PictureFault) {
        guard bytes.starts(with: PNGFile.signature) else { throw .unknownFormat }
        var place = PNGFile.signature.count
        while true {
            guard bytes.count - place >= 12 else { throw .truncated }
            let length = PNGHeader.number(bytes, place), type = String(decoding: bytes[place + 4..<place + 8], as: UTF8.self)
            guard length <= bytes.count - place - 12 else { throw .truncated }
            let content = bytes[place + 8..<place + 8 + length]
            let sum = bytes[place + 4..<place + 8 + length].withUnsafeBufferPointer { crc32_z(0, $0.baseAddress, $0.count) }
            guard Int(sum) == PNGHeader.number(bytes, place + 8 + length) else { throw .damaged(part: type) }
            switch type {
            case "IHDR": header = Array(content)
            case "PLTE": palette = Array(content)
            case "IDAT": data += content
            case "IEND": return
            default: break
            }
            place += 12 + length
        }
    }
}

/// The header of a PNG file: size, depth and colour type.
private struct PNGHeader {
    let width: Int
    let height: Int
    let depth: Int
    let colourType: Int
    private let isInterlaced: Bool

    /// One pass over the image: all of it, or a grid of Adam7 (§8).
    struct Pass {
        let x: Int
        let y: Int
        let columnStep: Int
        let rowStep: Int
        let columns: Int
        let rows: Int
    }

    static func number(_ bytes: [UInt8], _ place: Int) -> Int { bytes[place..<place + 4].reduce(0) { $0 << 8 | Int($1) } }

    init(_ bytes: [UInt8]) throws(PictureFault) {
        guard bytes.count == 13, bytes[10] == 0, bytes[11] == 0, bytes[12] < 2 else { throw .damaged(part: "IHDR") }
        (width, height) = (Self.number(bytes, 0), Self.number(bytes, 4))
        (depth, colourType, isInterlaced) = (Int(bytes[8]), Int(bytes[9]), bytes[12] == 1)
        let depths = [0: [1, 2, 4, 8, 16], 2: [8, 16], 3: [1, 2, 4, 8], 4: [8, 16], 6: [8, 16]]
        guard depths[colourType]?.contains(depth) == true else { throw .unknownKind(depth: depth, colourType: colourType) }
        guard width > 0, height > 0 else { throw .damaged(part: "IHDR") }
        guard width <= PNGFile.pixelLimit, height <= PNGFile.pixelLimit, width * height <= PNGFile.pixelLimit else {
            throw .tooLarge(width: width, height: height, limit: PNGFile.pixelLimit)
        }
    }

    var isGrey: Bool { colourType == 0 || colourType == 4 }

    /// Numbers for each pixel.
    var samples: Int { [0: 1, 2: 3, 3: 1, 4: 2, 6: 4][colourType] ?? 1 }

    func rowBytes(_ columns: Int) -> Int { (columns * samples * depth + 7) / 8 }

    var passes: [Pass] {
        let grids =
            isInterlaced
            ? [(0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)] : [(0, 0, 1, 1)]
        return grids.map { x, y, columnStep, rowStep in
            Pass(
                x: x, y: y, columnStep: columnStep, rowStep: rowStep, columns: max(0, (width - x + columnStep - 1) / columnStep),
                rows: max(0, (height - y + rowStep - 1) / rowStep))
        }.filter { $0.columns > 0 && $0.rows > 0 }
    }

    /// Bytes of the decompressed data: each line begins with its filter.
    var rawBytes: Int { passes.reduce(0) { $0 + $1.rows * (1 + rowBytes($1.columns)) } }

    /// A number of a line: 8 bits as they are, the upper 8 of 16, fewer as they are.
    private func sample(_ line: [UInt8], _ index: Int) -> Int {
        switch depth {
        case 16: return Int(line[2 * index])
        case 8: return Int(line[index])
        default:
            let bit = index * depth
            return Int(line[bit / 8]) >> (8 - depth - bit % 8) & ((1 << depth) - 1)
        }
    }

    func write(
        _ line: [UInt8], _ column: Int, palette: [UInt8], to picture: inout Picture, at target: Int
    ) throws(PictureFault) {
        let plane = picture.width * picture.height
        if colourType == 3 {
            let colour = 3 * sample(line, column)
            guard colour + 2 < palette.count else { throw .damaged(part: "PLTE") }
            for channel in 0..<3 { picture.pixels[channel * plane + target] = palette[colour + channel] }
            return
        }
        for channel in 0..<picture.channels {
            let level = sample(line, column * samples + channel)
            picture.pixels[channel * plane + target] = UInt8(depth < 8 ? level * 255 / ((1 << depth) - 1) : level)
        }
    }
}
