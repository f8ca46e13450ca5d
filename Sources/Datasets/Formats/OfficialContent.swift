import Foundation

/// The official files of a data set, read from their location. Files of CIFAR's Python version are read as their equivalents in the
/// binary version.
struct OfficialContent {
    let kind: DatasetKind
    let location: DatasetLocation

    /// Calls `body` with each official file once and its name for messages; from a folder in the registry's order, from an
    /// archive in the archive's order.
    /// - Throws: ``DatasetError``
    func forEachFile(_ body: (_ file: OfficialFile, _ name: String, _ content: any ByteSource) throws -> Void) throws {
        switch location {
        case .generated: return
        case .missing(let root, let files): throw DatasetError.missing(kind, root: root, files: files)
        case .folder(let paths, let encoding):
            for (file, url) in zip(kind.files, paths) {
                try body(file, url.path, try decoded(Self.source(url), encoding, file, url.path))
            }
        case .archive(let url, let encoding): try forEachMember(of: url, encoding, body)
        }
    }

    /// The name of a file in messages, where the data set is present.
    func name(of file: OfficialFile) -> String {
        switch location {
        case .folder(let paths, _): zip(kind.files, paths).first { $0.0 == file }?.1.path ?? file.name
        case .archive(let url, let encoding): "\(url.path):\(member(file, encoding))"
        case .generated, .missing: file.name
        }
    }

    /// The file's content, decompressed if it is gzipped.
    static func source(_ url: URL) throws -> any ByteSource {
        ["gz", "tgz"].contains(url.pathExtension.lowercased()) ? try GzipSource(path: url.path) : try FileSource(path: url.path)
    }

    private func decoded(
        _ source: any ByteSource, _ encoding: DatasetEncoding, _ file: OfficialFile, _ name: String
    ) throws -> any ByteSource {
        switch encoding {
        case .binary: return source
        case .pickle: return BytesSource(try CifarPickle.records(of: source, kind, file, name: name))
        }
    }

    private func member(_ file: OfficialFile, _ encoding: DatasetEncoding) -> String {
        let layout = DatasetLayout.all(of: kind).first { $0.encoding == encoding }
        return "\(layout?.archiveFolder ?? kind.folder)/\(layout?.names(file)[0] ?? file.name)"
    }

    private func forEachMember(
        of url: URL, _ encoding: DatasetEncoding, _ body: (OfficialFile, String, any ByteSource) throws -> Void
    ) throws {
        var wanted = [String: OfficialFile]()
        for file in kind.files { wanted[member(file, encoding)] = file }
        var seen = Set<String>()
        let archive = TarReader(try Self.source(url), name: url.path)
        try archive.forEachMember { member, size, content in
            guard let file = wanted[member] else { return }
            guard seen.insert(member).inserted else {
                throw DatasetError.memberRepeated(file: url.path, member: member)
            }
            let name = "\(url.path):\(member)"
            let expected = kind.length(of: file)
            if encoding != .pickle, let expected, size != expected {
                throw DatasetError.wrongLength(file: name, expected: expected, found: size)
            }
            try body(file, name, try decoded(content, encoding, file, name))
        }
        for (member, _) in wanted.sorted(by: { $0.key < $1.key }) where !seen.contains(member) {
            throw DatasetError.memberMissing(file: url.path, member: member)
        }
    }
}

extension DatasetError {
    /// The error for a missing data set, with what looks like it in the datasets folder.
    static func missing(_ kind: DatasetKind, root: URL, files: [String]) -> DatasetError {
        if files.isEmpty { return .ownData(file: root.path, fault: .noFolder) }
        // A folder that is only incomplete is named by its missing files.
        let incomplete = files.count < kind.files.count ? files[0].prefix { $0 != "/" }.lowercased() : nil
        let near = NearbyFile.lookalikes(of: kind.name, in: root).filter { $0.lowercased() != incomplete }
        return .missing(dataset: kind.name, root: root.path, files: files, lookalikes: near)
    }
}
