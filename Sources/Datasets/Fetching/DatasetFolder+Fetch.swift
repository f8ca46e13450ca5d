import Foundation

extension DatasetFolder {
    /// The official downloads that are needed before the data set can be read; empty if it is present.
    func missingDownloads(_ kind: DatasetKind) -> [OfficialDownload] {
        if locate(kind).isPresent { return [] }
        switch kind.format {
        case .generated, .own: return []
        case .cifar, .citations: return kind.downloads
        case .idx:
            let missing = missingOfficialFiles(kind).map { "\(kind.folder)/\($0.name).gz" }
            return kind.downloads.filter { missing.contains($0.path) }
        }
    }

    /// Downloads the missing files to this folder, one after another; blocks.
    /// - Parameter event: called with the download that an event belongs to.
    /// - Throws: ``FetchError``
    public func fetch(
        _ kind: DatasetKind, with fetcher: Fetcher = Fetcher(),
        event: @escaping @Sendable (OfficialDownload, FetchEvent) -> Void = { _, _ in }
    ) throws {
        for download in missingDownloads(kind) {
            let destination = root.appendingPathComponent(download.path)
            try fetcher.fetch(download.url, to: destination, md5: download.md5, bytes: Int64(download.bytes)) {
                event(download, $0)
            }
        }
    }
}
