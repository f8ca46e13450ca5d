import Foundation

/// The official files of a data set, read from their location.
struct OfficialContent {
    let kind: DatasetKind
    let location: DatasetLocation

    /// Calls `body` with each official file once and its name for messages; from a folder in the registry's order, from an
    /// archive in the archive's order.
    /// - Throws: ``DatasetError``
    func forEachFile(_ body: (_ file: OfficialFile, _ name: String, _ content: any ByteSource) throws -> Void) throws {
        switch location {
        case .generated: return
        case .missing(let root, let files):
            throw DatasetError.missing(dataset: kind.name, root: root.path, files: files)
        case .folder(let paths):
            for (file, url) in zip(kind.files, paths) { try body(file, url.path, Self.source(url)) }
        case .archive(let url): try forEachMember(of: url, body)
        }
    }

    /// The file's content, decompressed if it is gzipped.
    static func source(_ url: URL) throws -> any ByteSource {
        url.pathExtension == "gz" ? try GzipSource(path: url.path) : try FileSource(path: url.path)
    }

    private func forEachMember(of url: URL, _ body: (OfficialFile, String, any ByteSource) throws -> Void) throws {
        var wanted = [String: OfficialFile]()
        for file in kind.files { wanted["\(kind.folder)/\(file.name)"] = file }
        var seen = Set<String>()
        let archive = TarReader(try GzipSource(path: url.path), name: url.path)
        try archive.forEachMember { member, size, content in
            guard let file = wanted[member] else { return }
            guard seen.insert(member).inserted else {
                throw DatasetError.memberRepeated(file: url.path, member: member)
            }
            let name = "\(url.path):\(member)"
            let expected = kind.length(of: file)
            guard size == expected else { throw DatasetError.wrongLength(file: name, expected: expected, found: size) }
            try body(file, name, content)
        }
        for file in kind.files where !seen.contains("\(kind.folder)/\(file.name)") {
            throw DatasetError.memberMissing(file: url.path, member: "\(kind.folder)/\(file.name)")
        }
    }
}
