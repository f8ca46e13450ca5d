/// One file of CIFAR's Python version, as Python 2 wrote them: a pickle of protocol 2.
/// - Parameters:
///   - labels: each list of labels with its key.
///   - pixels: (rows, columns)
public func cifarPickle(labels: [(key: String, values: [UInt8])], pixels: [UInt8], rows: Int) -> [UInt8] {
    var writer = PickleWriter()
    writer.put([UInt8(ascii: "}")])
    writer.bytes += [UInt8(ascii: "(")]
    writer.text("batch_label")
    writer.text("training batch 1 of 5")
    for (key, values) in labels {
        writer.text(key)
        writer.list(values.map { [UInt8(ascii: "K"), $0] })
    }
    writer.text("data")
    writer.array(pixels, rows: rows)
    writer.text("filenames")
    writer.put([UInt8(ascii: "]")])
    writer.bytes += [UInt8(ascii: "(")]
    for row in 0..<rows { writer.text("image_\(row).png") }
    writer.bytes += Array("eu.".utf8)
    return writer.bytes
}

private struct PickleWriter {
    var bytes: [UInt8] = [0x80, 2]
    private var memo = 1

    /// Appends instructions and stores what they leave on the stack.
    mutating func put(_ instructions: [UInt8]) {
        bytes += instructions
        bytes += memo < 256 ? [UInt8(ascii: "q"), UInt8(memo)] : [UInt8(ascii: "r")] + little(memo)
        memo += 1
    }

    mutating func text(_ text: String) { put([UInt8(ascii: "U"), UInt8(text.utf8.count)] + Array(text.utf8)) }

    mutating func list(_ elements: [[UInt8]]) {
        put([UInt8(ascii: "]")])
        for start in stride(from: 0, to: elements.count, by: 1000) {
            bytes += [UInt8(ascii: "(")] + elements[start..<min(elements.count, start + 1000)].joined() + [UInt8(ascii: "e")]
        }
    }

    mutating func array(_ elements: [UInt8], rows: Int) {
        put(Array("cnumpy.core.multiarray\n_reconstruct\n".utf8))
        put(Array("cnumpy\nndarray\n".utf8))
        put([UInt8(ascii: "K"), 0, 0x85])
        put([UInt8(ascii: "U"), 1, UInt8(ascii: "b"), 0x87])
        put([UInt8(ascii: "R")])
        bytes += Array("(K\u{1}".utf8) + whole(rows) + whole(rows == 0 ? 0 : elements.count / rows)
        put([0x86])
        put(Array("cnumpy\ndtype\n".utf8))
        put(Array("U\u{2}u1K\u{0}K\u{1}".utf8) + [0x87])
        put([UInt8(ascii: "R")])
        put(
            Array("(K\u{3}U\u{1}|NNNJ".utf8) + [255, 255, 255, 255, UInt8(ascii: "J"), 255, 255, 255, 255] + Array("K\u{0}t".utf8)
        )
        bytes += [UInt8(ascii: "b"), 0x89, UInt8(ascii: "T")] + little(elements.count) + elements
        put([UInt8(ascii: "t")])
        bytes += [UInt8(ascii: "b")]
    }

    private func whole(_ number: Int) -> [UInt8] { [UInt8(ascii: "J")] + little(number) }

    private func little(_ number: Int) -> [UInt8] { (0..<4).map { UInt8(truncatingIfNeeded: number >> (8 * $0)) } }
}
