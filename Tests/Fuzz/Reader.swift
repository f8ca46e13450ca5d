import Foundation

/// Something that reads bytes from outside, and must either take or refuse any of them.
struct Reader: Sendable {
    let name: String
    /// Small inputs of our own making that it takes, or nearly; all others are made of them.
    let corpus: [[UInt8]]
    /// What means something in its format.
    let pieces: [[UInt8]]
    /// Makes lengths and checksums right again.
    var repair: (@Sendable (inout [UInt8]) -> Void)?
    /// Reads an input; what it needs on disk is written to the given folder. Throws where it refuses, and `Broken` where a
    /// promise is not kept.
    let read: @Sendable (_ input: [UInt8], _ folder: URL) throws -> Void

    /// A new one is a file and a line here.
    static let all: [Reader] = [.spec, .settings, .record, .safetensors, .cifar, .idx, .tar, .gzip]
}

/// A promise that was not kept, in words.
struct Broken: Error {
    let promise: String

    init(_ promise: String) { self.promise = promise }
}

/// Throws `Broken` where what must hold does not.
func promise(_ holds: Bool, _ promise: @autoclosure () -> String) throws {
    if !holds { throw Broken(promise()) }
}

/// Throws `Broken` where a text for people has more than one line, or a character that terminals obey.
func promiseOneLine(_ text: String) throws {
    let unfit = text.unicodeScalars.first { $0.properties.generalCategory == .control || $0.properties.isBidiControl }
    try promise(unfit == nil, "U+\(String(unfit?.value ?? 0, radix: 16)) is in a message: \(text.prefix(200).debugDescription)")
}
