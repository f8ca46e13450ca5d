import Foundation
import Specs

/// TensorBoard's file format: records, each a protocol buffer `Event` with its length and checksums.
struct EventFile {
    private(set) var bytes = Data()

    /// - Parameter wallTime: seconds since 1970, as in the other methods.
    init(wallTime: Double) {
        var event = ProtocolBuffer()
        event.add(1, wallTime)
        event.add(3, "brain.Event:2")
        append(event)
    }

    /// Adds the values of scalars at a step.
    mutating func add(_ scalars: [(tag: String, value: Double)], step: Int, wallTime: Double) {
        var summary = ProtocolBuffer()
        for scalar in scalars {
            var value = ProtocolBuffer()
            value.add(1, scalar.tag)
            value.add(2, Float(scalar.value))
            summary.add(1, value)
        }
        var event = ProtocolBuffer()
        event.add(1, wallTime)
        event.add(2, step)
        event.add(5, summary)
        append(event)
    }

    /// Appends a record: length, checksum of the length, contents, checksum of the contents.
    private mutating func append(_ event: ProtocolBuffer) {
        var length = Data()
        length.append(littleEndian: UInt64(event.bytes.count))
        bytes += length
        bytes.append(littleEndian: CRC32C.masked(length))
        bytes += event.bytes
        bytes.append(littleEndian: CRC32C.masked(event.bytes))
    }
}

extension Data {
    /// Appends the bytes of an integer, the least significant first.
    fileprivate mutating func append(littleEndian value: some FixedWidthInteger) {
        Swift.withUnsafeBytes(of: value.littleEndian) { append(contentsOf: $0) }
    }
}
