import Crypto
import Dispatch
import Foundation

/// What the program knows of the official pictures and labels of one split: enough to say whether content is official, and which
/// records are not. The order of the records does not matter.
///
/// A picture's key is the beginning of the SHA-256 of its bytes, channel-first. `digest` decides: it covers 8 bytes of each key. The
/// table names records: of each class, the keys' first `bits` bits, sorted, as gaps in Rice code (about 12 bits a picture).
struct OfficialRecords: Sendable, Equatable {
    /// SHA-256, in lower-case hexadecimal, of the sorted pairs (8 bytes of the key, class).
    let digest: String
    /// Leading bits of a key that the table holds.
    let bits: Int
    /// Number of classes.
    let classes: Int
    private let packed: String

    /// - Parameter base64: the table, in lines.
    init(digest: String, bits: Int, classes: Int, base64: String) {
        (self.digest, self.bits, self.classes, packed) = (digest, bits, classes, base64)
    }

    /// The description of a split whose content is the official one.
    init(of images: ImageSet, classes: Int, bits: Int) {
        let records = RecordKey.all(of: images)
        var writer = RiceWriter()
        for label in 0..<classes {
            let values = records.filter { Int($0.label) == label }.map { $0.leading(bits) }.sorted()
            writer.append(UInt32(values.count), bits: 16)
            let parameter = Self.parameter(count: values.count, bits: bits)
            var last: UInt32 = 0
            for value in values {
                writer.append(gap: value - last, parameter: parameter)
                last = value
            }
        }
        self.init(
            digest: RecordKey.digest(of: records), bits: bits, classes: classes,
            base64: Data(writer.bytes).base64EncodedString())
    }

    /// The keys' leading bits of each class, sorted.
    var table: [[UInt32]] {
        var reader = RiceReader(bytes: [UInt8](Data(base64Encoded: packed, options: .ignoreUnknownCharacters) ?? Data()))
        return (0..<classes).map { _ in
            let count = Int(reader.read(bits: 16)), parameter = Self.parameter(count: count, bits: bits)
            var last: UInt32 = 0
            return (0..<count).map { _ in
                last &+= reader.readGap(parameter: parameter)
                return last
            }
        }
    }

    /// The power of two below the mean gap between two keys.
    private static func parameter(count: Int, bits: Int) -> Int {
        count == 0 ? 0 : max(0, Int.bitWidth - ((1 << bits) / count).leadingZeroBitCount - 1)
    }
}

/// The key of one picture, and its class.
struct RecordKey: Hashable, Comparable {
    /// The first 8 bytes of the SHA-256 of the pixels, big-endian.
    let key: UInt64
    let label: UInt8

    /// The first `bits` bits of the key.
    func leading(_ bits: Int) -> UInt32 { UInt32(key >> UInt64(64 - bits)) }

    static func < (left: RecordKey, right: RecordKey) -> Bool { (left.key, left.label) < (right.key, right.label) }

    /// The keys of all images, in their order.
    static func all(of images: ImageSet) -> [RecordKey] {
        let tile = 500, size = images.imageSize
        var keys = [RecordKey](repeating: RecordKey(key: 0, label: 0), count: images.count)
        images.pixels.withUnsafeBytes { pixels in
            keys.withUnsafeMutableBufferPointer { keys in
                // Each image has its own element, so the order of the tiles does not matter.
                nonisolated(unsafe) let (pixels, keys) = (pixels, keys)
                DispatchQueue.concurrentPerform(iterations: (images.count + tile - 1) / tile) { index in
                    for image in index * tile..<min(images.count, (index + 1) * tile) {
                        var hash = SHA256()
                        hash.update(bufferPointer: UnsafeRawBufferPointer(rebasing: pixels[image * size..<(image + 1) * size]))
                        let key = hash.finalize().prefix(8).reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
                        keys[image] = RecordKey(key: key, label: images.labels[image])
                    }
                }
            }
        }
        return keys
    }

    /// See ``OfficialRecords/digest``.
    static func digest(of records: [RecordKey]) -> String {
        var hash = SHA256()
        for record in records.sorted() {
            let bytes = (0..<8).map { UInt8(truncatingIfNeeded: record.key >> UInt64(56 - 8 * $0)) } + [record.label]
            hash.update(data: bytes)
        }
        return hash.finalize().hexadecimal
    }
}
