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

    /// The location of a data set: its folder if that is complete, else the official archive.
    public func locate(_ kind: DatasetKind) -> DatasetLocation {
        guard kind.format != .generated else { return .generated }
        let folder = root.appendingPathComponent(kind.folder)
        let found = kind.files.map { file in
            Self.existing(folder.appendingPathComponent(file.name))
                ?? (kind.format == .idx ? Self.existing(folder.appendingPathComponent(file.name + ".gz")) : nil)
        }
        let paths = found.compactMap(\.self)
        if paths.count == kind.files.count { return .folder(paths) }
        if case .cifar = kind.format, let archive = officialFiles(kind).first?.url { return .archive(archive) }
        let missing = zip(kind.files, found).filter { $0.1 == nil }.map { "\(kind.folder)/\($0.0.name)" }
        return .missing(root: root, files: missing)
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
