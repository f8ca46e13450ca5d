import Foundation

/// A reader of untrusted bytes, which must either accept or refuse any input.
struct Reader: Sendable {
    let name: String
    /// Small inputs that are valid or nearly so; all others are mutations of these.
    let corpus: [[UInt8]]
    /// Tokens of its format.
    let pieces: [[UInt8]]
    /// Corrects lengths and checksums.
    var repair: (@Sendable (inout [UInt8]) -> Void)?
    /// Reads an input; files that it needs are written to the given folder. Throws if the input is refused, and `Broken` if a
    /// promise is violated.
    let read: @Sendable (_ input: [UInt8], _ folder: URL) throws -> Void

    /// A new reader is a file and a line here.
    static let all: [Reader] = [
        .spec, .settings, .record, .safetensors, .cifar, .pickle, .idx, .citations, .tar, .gzip, .npz, .png,
    ]
}

/// A violated promise, as a sentence.
struct Broken: Error {
    let promise: String

    init(_ promise: String) { self.promise = promise }
}

/// Throws `Broken` if the condition does not hold.
func promise(_ holds: Bool, _ promise: @autoclosure () -> String) throws {
    if !holds { throw Broken(promise()) }
}

/// Throws `Broken` if a message has more than one line, or a control character.
func promiseOneLine(_ text: String) throws {
    let unfit = text.unicodeScalars.first { $0.properties.generalCategory == .control || $0.properties.isBidiControl }
    try promise(unfit == nil, "U+\(String(unfit?.value ?? 0, radix: 16)) is in a message: \(text.prefix(200).debugDescription)")
}
