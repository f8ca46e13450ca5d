import Foundation
import Lab

/// A file in the folder of checkpoints that this program has made. Other files there are ignored.
package struct LeftFile {
    package let run: String
    /// Relative to the lab's folder.
    package let path: String
    /// Epoch and batch; nil for an incomplete file.
    package let place: (epoch: Int, batch: Int)?

    package static func all(in checkpoints: URL) -> [LeftFile] {
        let list = { (folder: URL) in ((try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []).sorted() }
        return list(checkpoints).filter { $0.isRunID && type(of: checkpoints.appending(path: $0)) == S_IFDIR }.flatMap { run in
            let folder = checkpoints.appending(path: run)
            return list(folder).filter { type(of: folder.appending(path: $0)) == S_IFREG }.compactMap { LeftFile(run, $0) }
        }
    }

    private init?(_ run: String, _ name: String) {
        guard let match = name.wholeMatch(of: /(\.?)e(\d+)-b(\d+)-a\d+(?:-\d+)?\.safetensors(\.\d+\.tmp)?/),
            match.1.isEmpty == (match.4 == nil), let epoch = Int(match.2), let batch = Int(match.3)
        else { return nil }
        // .PID.tmp: while the process lives, it may be writing the file.
        if let writer = match.4.flatMap({ pid_t($0.dropFirst().prefix { $0 != "." }) }), kill(writer, 0) == 0 || errno == EPERM {
            return nil
        }
        (self.run, path) = (run, "checkpoints/\(run)/\(name)")
        place = match.4 == nil ? (epoch, batch) : nil
    }

    /// The type of the file itself, not of a link's target.
    private static func type(of url: URL) -> mode_t {
        var status = stat()
        return lstat(url.path, &status) == 0 ? status.st_mode & S_IFMT : 0
    }
}
