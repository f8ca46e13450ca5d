import Foundation

/// The folder of the data sets, each in its official layout or as the official archive.
public struct DatasetFolder: Sendable {
    /// The folder itself; it need not exist.
    public let root: URL

    /// A given folder.
    public init(root: URL) { self.root = root }

    /// The folder that the environment names: `PCNLAB_DATASETS`, else `$XDG_CACHE_HOME/pcnlab/datasets`, else
    /// `~/.cache/pcnlab/datasets`. An empty variable is ignored, and so is a relative `XDG_CACHE_HOME`, as the XDG specification
    /// requires.
    public init(environment: [String: String], home: URL = FileManager.default.homeDirectoryForCurrentUser) {
        if let folder = environment["PCNLAB_DATASETS"], !folder.isEmpty {
            root = URL(fileURLWithPath: folder, isDirectory: true)
        } else if let cache = environment["XDG_CACHE_HOME"], cache.hasPrefix("/") {
            root = URL(fileURLWithPath: cache, isDirectory: true).appendingPathComponent("pcnlab/datasets")
        } else {
            root = home.appendingPathComponent(".cache/pcnlab/datasets")
        }
    }

    /// The location of a data set: in its official layout, folder before archive, else in one of the others that are read, see
    /// ``DatasetLayout``.
    public func locate(_ kind: DatasetKind) -> DatasetLocation {
        if kind.format == .generated { return .generated }
        if case .own(let url) = kind.format {
            guard let files = OwnData(path: url.path).files else { return .missing(root: url, files: []) }
            return .folder(files.map { url.appendingPathComponent($0) })
        }
        var best: (found: Int, missing: [String]) = (-1, [])
        for layout in DatasetLayout.all(of: kind) {
            for folder in layout.folders {
                let found = place(of: kind, layout, folder)
                let paths = found.compactMap(\.self)
                if paths.count == kind.files.count { return .folder(paths, layout.encoding) }
                let missing = zip(kind.files, found).filter { $0.1 == nil }.map { "\(folder)/\(layout.names($0.0)[0])" }
                if paths.count > best.found { best = (paths.count, missing) }
            }
            for archive in layout.archives {
                if let url = NearbyFile.findFile(archive, in: root) { return .archive(url, layout.encoding) }
            }
        }
        return .missing(root: root, files: best.missing)
    }

    /// The place of each official file in a folder; nil for those that are not there.
    private func place(of kind: DatasetKind, _ layout: DatasetLayout, _ folder: String) -> [URL?] {
        guard let url = NearbyFile.find(folder, in: root) else { return kind.files.map { _ in nil } }
        return kind.files.map { file in
            layout.names(file).lazy.compactMap { NearbyFile.findFile($0, in: url) }.first
        }
    }

    /// The official files that are not in the official folder.
    func missingOfficialFiles(_ kind: DatasetKind) -> [OfficialFile] {
        guard let layout = DatasetLayout.all(of: kind).first else { return [] }
        return zip(kind.files, place(of: kind, layout, layout.folders[0])).filter { $0.1 == nil }.map(\.0)
    }

    /// The official downloads of a data set that are present in this folder, with their URLs.
    func officialFiles(_ kind: DatasetKind) -> [(download: OfficialDownload, url: URL)] {
        kind.downloads.compactMap { download in
            Self.existing(root.appendingPathComponent(download.path)).map { (download, $0) }
        }
    }

    /// Reads and checks the whole data set.
    /// - Throws: ``DatasetError``
    public func load(_ kind: DatasetKind) throws -> Dataset { try DatasetReader.read(content(kind)) }

    func content(_ kind: DatasetKind) -> OfficialContent { OfficialContent(kind: kind, location: locate(kind)) }

    /// The URL, if it is that of a regular file.
    private static func existing(_ url: URL) -> URL? {
        var isFolder: ObjCBool = false
        let exists = FileManager.default.fileExists(atPath: url.path, isDirectory: &isFolder)
        return exists && !isFolder.boolValue ? url : nil
    }
}
