import Foundation

/// A message in the wire format of protocol buffers (protobuf.dev/programming-guides/encoding), field by field in the order of the
/// calls. TensorBoard's event files and ONNX models are such messages.
public struct ProtocolBuffer: Sendable {
    public private(set) var bytes = Data()

    private enum WireType: Int {
        case varint = 0
        case eightBytes = 1
        case counted = 2
        case fourBytes = 5
    }

    public init() {}

    /// Adds an integer or an enumeration's value.
    public mutating func add(_ field: Int, _ value: Int) {
        begin(field, .varint)
        append(varint: UInt64(bitPattern: Int64(value)))
    }

    public mutating func add(_ field: Int, _ value: Double) {
        begin(field, .eightBytes)
        append(littleEndian: value.bitPattern)
    }

    public mutating func add(_ field: Int, _ value: Float) {
        begin(field, .fourBytes)
        append(littleEndian: value.bitPattern)
    }

    public mutating func add(_ field: Int, _ text: String) { add(field, Data(text.utf8)) }

    public mutating func add(_ field: Int, _ message: ProtocolBuffer) { add(field, message.bytes) }

    public mutating func add(_ field: Int, _ contents: Data) {
        begin(field, countOf: contents.count)
        bytes += contents
    }

    /// Adds the beginning of a field of `count` bytes, which the caller writes after this message's.
    public mutating func begin(_ field: Int, countOf count: Int) {
        begin(field, .counted)
        append(varint: UInt64(count))
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

    /// Appends the bytes of an integer, the least significant first.
    private mutating func append(littleEndian value: some FixedWidthInteger) {
        withUnsafeBytes(of: value.littleEndian) { bytes.append(contentsOf: $0) }
    }
}
