import Foundation

/// The file of a Unix socket.
enum SocketFile {
    /// Removes the socket that an ended service left. Throws `ServiceError.cannotListen` for a file that is no socket, and for a socket on
    /// which another process listens.
    static func makeRoom(at path: String) throws {
        var information = stat()
        guard lstat(path, &information) == 0 else { return }
        guard information.st_mode & S_IFMT == S_IFSOCK else {
            throw ServiceError.cannotListen(address: path, reason: "a file of this name is there")
        }
        if hasListener(path) { throw ServiceError.cannotListen(address: path, reason: String(cString: strerror(EADDRINUSE))) }
        unlink(path)
    }

    private static func hasListener(_ path: String) -> Bool {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let bytes = Array(path.utf8), room = MemoryLayout.size(ofValue: address.sun_path)
        guard bytes.count < room else { return false }
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: bytes) }
        let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        return withUnsafePointer(to: address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        } == 0
    }
}
