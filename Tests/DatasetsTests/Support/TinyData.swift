import CZlib
import Crypto
import Foundation
import Tensors

@testable import Datasets

extension DatasetKind {
    /// The same data set with only so many images in each of its files, so that tests need not write 180 MB.
    func shrunk(to count: Int) -> DatasetKind {
        DatasetKind(
            name: name, title: title, classNames: classNames, channels: channels, side: side, format: format, folder: folder,
            files: files.map { OfficialFile($0.name, $0.split, count: count, content: $0.content) }, downloads: downloads,
            terms: terms)
    }

    /// An official file's bytes with random pixels; labels cycle.
    func content(of file: OfficialFile) -> [UInt8] {
        let stream = RandomStream(seed: 5, purpose: file.name)
        func images(_ count: Int, labelled: Bool) -> [UInt8] {
            (0..<count).flatMap { image -> [UInt8] in
                let pixels = (0..<imageSize).map { UInt8(truncatingIfNeeded: stream.bits(image * imageSize + $0)) }
                guard labelled, case .cifar(let ranges) = format else { return pixels }
                return ranges.map { UInt8(image % $0) } + pixels
            }
        }
        switch file.content {
        case .records: return images(file.count, labelled: true)
        case .images: return idxHeader([file.count, side, side]) + images(file.count, labelled: false)
        case .labels: return idxHeader([file.count]) + (0..<file.count).map { UInt8($0 % 10) }
        }
    }

    /// Writes every official file, plain, into the scratch folder.
    func writeFolder(_ scratch: Scratch) throws {
        for file in files { try scratch.write(content(of: file), "\(folder)/\(file.name)") }
    }

    /// The official archive's members: a folder, a text, then the files, last first.
    func members() -> [(name: String, bytes: [UInt8])] {
        [("\(folder)/", []), ("\(folder)/readme.html", [UInt8]("hello".utf8))]
            + files.reversed().map { ("\(folder)/\($0.name)", content(of: $0)) }
    }
}

func idxHeader(_ shape: [Int]) -> [UInt8] {
    ([0x0800 | UInt32(shape.count)] + shape.map { UInt32($0) }).flatMap { number in
        [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: number >> $0) }
    }
}

/// What `gzip` makes of the bytes.
func gzip(_ bytes: [UInt8]) -> [UInt8] {
    var stream = z_stream()
    let version = Int32(MemoryLayout<z_stream>.size)
    precondition(deflateInit2_(&stream, 1, Z_DEFLATED, 31, 8, Z_DEFAULT_STRATEGY, ZLIB_VERSION, version) == Z_OK)
    defer { deflateEnd(&stream) }
    var input = bytes
    var output = [UInt8](repeating: 0, count: Int(deflateBound(&stream, UInt(bytes.count))))
    let made = input.withUnsafeMutableBufferPointer { input in
        output.withUnsafeMutableBufferPointer { output in
            stream.next_in = input.baseAddress
            stream.avail_in = UInt32(input.count)
            stream.next_out = output.baseAddress
            stream.avail_out = UInt32(output.count)
            precondition(deflate(&stream, Z_FINISH) == Z_STREAM_END)
            return output.count - Int(stream.avail_out)
        }
    }
    return [UInt8](output[..<made])
}

/// What `tar` makes of the members; a name that ends in a slash is a folder.
func tar(_ members: [(name: String, bytes: [UInt8])]) -> [UInt8] {
    members.flatMap { member in
        tarHeader(member.name, size: member.bytes.count) + member.bytes
            + [UInt8](repeating: 0, count: (512 - member.bytes.count % 512) % 512)
    } + [UInt8](repeating: 0, count: 1024)
}

func tarHeader(_ name: String, size: Int) -> [UInt8] {
    var header = [UInt8](repeating: 0, count: 512)
    func put(_ text: String, at offset: Int) { header.replaceSubrange(offset..<offset + text.utf8.count, with: text.utf8) }
    put(name, at: 0)
    put(String(format: "%011lo", size), at: 124)
    put(name.hasSuffix("/") ? "5" : "0", at: 156)
    put("ustar\u{0}00", at: 257)
    put("        ", at: 148)
    put(String(format: "%06lo\u{0} ", header.reduce(0) { $0 + Int($1) }), at: 148)
    return header
}

func digestMD5(_ bytes: [UInt8]) -> String { DatasetFolder.hex(Insecure.MD5.hash(data: bytes)) }
