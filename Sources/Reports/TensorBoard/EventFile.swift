import Foundation

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

/// A message in the wire format of protocol buffers.
private struct ProtocolBuffer {
    private(set) var bytes = Data()

    private enum WireType: Int {
        case varint = 0
        case eightBytes = 1
        case counted = 2
        case fourBytes = 5
    }

    mutating func add(_ field: Int, _ value: Int) {
        begin(field, .varint)
        append(varint: UInt64(bitPattern: Int64(value)))
    }

    mutating func add(_ field: Int, _ value: Double) {
        begin(field, .eightBytes)
        bytes.append(littleEndian: value.bitPattern)
    }

    mutating func add(_ field: Int, _ value: Float) {
        begin(field, .fourBytes)
        bytes.append(littleEndian: value.bitPattern)
    }

    mutating func add(_ field: Int, _ text: String) { add(field, counted: Data(text.utf8)) }

    mutating func add(_ field: Int, _ message: ProtocolBuffer) { add(field, counted: message.bytes) }

    private mutating func add(_ field: Int, counted contents: Data) {
        begin(field, .counted)
        append(varint: UInt64(contents.count))
        bytes += contents
    }

    private mutating func begin(_ field: Int, _ type: WireType) { append(varint: UInt64(field << 3 | type.rawValue)) }

    /// Appends a varint: seven bits a byte, the least significant first.
    private mutating func append(varint value: UInt64) {
        var rest = value
        while rest >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(rest))
    }
}

extension Data {
    /// Appends the bytes of an integer, the least significant first.
    fileprivate mutating func append(littleEndian value: some FixedWidthInteger) {
        Swift.withUnsafeBytes(of: value.littleEndian) { append(contentsOf: $0) }
    }
}
