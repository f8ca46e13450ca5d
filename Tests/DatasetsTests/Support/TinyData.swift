import Archives
import Crypto
import Foundation
import Specs
import Tensors

@testable import Datasets

extension DatasetKind {
    /// The same data set with only so many images in each of its files, so that tests need not write 180 MB.
    func shrunk(to count: Int) -> DatasetKind {
        DatasetKind(
            dataset, format: format, folder: folder,
            files: files.map { OfficialFile($0.name, $0.split, count: count, content: $0.content) }, downloads: downloads,
            terms: terms)
    }

    /// An official file's bytes with random pixels; labels cycle.
    func content(of file: OfficialFile) -> [UInt8] {
        let stream = RandomStream(seed: 5, purpose: file.name)
        func images(_ count: Int, labelled: Bool) -> [UInt8] {
            (0..<count).flatMap { image -> [UInt8] in
                let pixels = (0..<dataset.imageSize).map {
                    UInt8(truncatingIfNeeded: stream.bits(image * dataset.imageSize + $0))
                }
                guard labelled, case .cifar(let ranges) = format else { return pixels }
                return ranges.map { UInt8(image % $0) } + pixels
            }
        }
        switch file.content {
        case .records: return images(file.count, labelled: true)
        case .images: return idxHeader([file.count, dataset.side, dataset.side]) + images(file.count, labelled: false)
        case .labels: return idxHeader([file.count]) + (0..<file.count).map { UInt8($0 % 10) }
        case .nodes:
            return (0..<file.count).flatMap { node -> [UInt8] in
                let words = (0..<dataset.channels).map { stream.bits(node * dataset.channels + $0) % 8 == 0 ? "1" : "0" }
                let fields = ["p\(node)"] + words + [dataset.classNames[node % dataset.classes]]
                return Array((fields.joined(separator: "\t") + "\n").utf8)
            }
        case .edges:
            return (0..<file.count).flatMap { edge in
                Array("p\(stream.integer(2 * edge, below: 140))\tp\(stream.integer(2 * edge + 1, below: 140))\n".utf8)
            }
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

func digestMD5(_ bytes: [UInt8]) -> String { Insecure.MD5.hash(data: bytes).hexadecimal }
