import Foundation

/// The file system of a lab. SQLite's write-ahead log uses shared memory, so that all processes that use a lab on a network file system
/// must run on one machine, and its locks may not be reliable there (sqlite.org/wal.html).
package enum FileSystem {
    package static let remedy = "use it from one machine at a time, or keep the lab on a local disk with --lab DIR"

    private static let networks: Set<String> = [
        "9p", "afs", "beegfs", "ceph", "cifs", "fuse.glusterfs", "fuse.rclone", "fuse.s3fs", "fuse.sshfs", "gfs2", "glusterfs",
        "gpfs", "lustre", "nfs", "nfs4", "ocfs2", "smb3", "smbfs",
    ]

    /// Why a folder, or the first existing one above it, cannot be written; nil if it can.
    package static func refusal(at url: URL) -> String? {
        access(existing(url).path, W_OK) == 0 ? nil : String(cString: strerror(errno))
    }

    /// The network file system of a folder, or of the first existing one above it; nil on a local disk.
    package static func network(at url: URL) -> String? {
        guard let mounts = try? String(contentsOfFile: "/proc/self/mounts", encoding: .utf8) else { return nil }
        return network(of: existing(url).resolvingSymlinksInPath().path, mounts: mounts)
    }

    /// Seconds until a few kilobytes written to the folder, or to the first existing one above it, are durable; 0 where nothing can be
    /// written.
    package static func secondsToSync(at url: URL) -> Double {
        let name = existing(url).appending(path: ".pcnlab-\(UUID().uuidString.prefix(13)).tmp").path
        let file = open(name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard file >= 0 else { return 0 }
        unlink(name)
        defer { close(file) }
        let bytes = [UInt8](repeating: 1, count: 8192)
        let times = (0..<5).map { _ in
            let start = DispatchTime.now().uptimeNanoseconds
            _ = write(file, bytes, bytes.count)
            fsync(file)
            return Double(DispatchTime.now().uptimeNanoseconds - start) / 1e9
        }
        return times.sorted()[2]
    }

    private static func existing(_ url: URL) -> URL {
        var folder = url.standardizedFileURL
        while !FileManager.default.fileExists(atPath: folder.path), folder.path != "/" { folder.deleteLastPathComponent() }
        return folder
    }

    /// Looks a path up in the lines of /proc/self/mounts: device, mount point and type. The last of equal mount points counts.
    package static func network(of path: String, mounts: String) -> String? {
        let places = mounts.split(separator: "\n").compactMap { line -> (path: String, type: String)? in
            let fields = line.split(separator: " ")
            return fields.count < 3 ? nil : (fields[1].replacingOccurrences(of: "\\040", with: " "), String(fields[2]))
        }
        let above = places.filter { path == $0.path || path.hasPrefix($0.path.hasSuffix("/") ? $0.path : $0.path + "/") }
        let longest = above.map(\.path.count).max()
        return above.last { $0.path.count == longest }.flatMap { networks.contains($0.type) ? $0.type : nil }
    }
}
