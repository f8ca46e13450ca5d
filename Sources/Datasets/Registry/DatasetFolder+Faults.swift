import Foundation

extension DatasetFolder {
    /// Every fault of the files of a data set that cannot be read, each file on its own; empty where it lies in an archive or where
    /// only the files together are wrong.
    func faults(of kind: DatasetKind) -> [DatasetError] {
        guard case .folder(let paths, let encoding) = locate(kind) else { return [] }
        return zip(kind.files, paths).flatMap { file, url -> [DatasetError] in
            do {
                let one = DatasetKind(
                    kind.dataset, format: kind.format, folder: kind.folder, files: [file], downloads: [], terms: "")
                try OfficialContent(kind: one, location: .folder([url], encoding)).forEachFile { _, name, source in
                    try DatasetReader.check(file, of: kind, source, name: name)
                }
                return []
            } catch let error as DatasetError {
                guard let other = kind.files.first(where: { $0 != file && error.suits($0, of: kind) }) else { return [error] }
                return [error, .looksLike(file: url.path, other: other.name)]
            } catch {
                return []
            }
        }
    }
}

extension DatasetError {
    /// Whether what was found in place of a file is what another file has.
    fileprivate func suits(_ other: OfficialFile, of kind: DatasetKind) -> Bool {
        switch self {
        case .wrongLength(_, _, let found): found == kind.length(of: other)
        case .wrongShape(_, _, let found): found == other.shape(of: kind)
        case .wrongMagic(_, _, let found): found == IDXFile.magic(dimensions: other.shape(of: kind).count)
        default: false
        }
    }
}

extension OfficialFile {
    /// The sizes in the header of an IDX file.
    func shape(of kind: DatasetKind) -> [Int] {
        content == .images ? [count, kind.dataset.side, kind.dataset.side] : [count]
    }
}

extension DatasetReader {
    /// Checks one file on its own.
    static func check(_ file: OfficialFile, of kind: DatasetKind, _ source: any ByteSource, name: String) throws {
        switch kind.format {
        case .generated, .own: break
        case .citations: _ = try citations(file, of: kind, source, name: name)
        case .cifar(let labelRanges):
            let bytes = try records(file, of: kind, source, name: name)
            var (pixels, labels) = ([UInt8](repeating: 0, count: bytes.count), [UInt8](repeating: 0, count: file.count))
            try CifarRecords(bytes: bytes, labelRanges: labelRanges, imageSize: kind.dataset.imageSize)
                .decode(first: 0, pixels: &pixels, labels: &labels, name: name)
        case .idx:
            let expected = file.shape(of: kind), idx = try IDXFile(source, name: name, expected: expected)
            guard idx.shape == expected else { throw DatasetError.wrongShape(file: name, expected: expected, found: idx.shape) }
            if file.content == .labels, let record = idx.bytes.firstIndex(where: { $0 >= kind.dataset.classes }) {
                throw DatasetError.labelOutOfRange(
                    file: name, record: record, label: Int(idx.bytes[record]), allowed: 0...kind.dataset.classes - 1)
            }
        }
    }
}
