import Foundation
import Specs

/// A folder that this machine and the nodes share.
public struct SharedFolder: BundleStorage {
    public let url: URL

    public init(_ url: URL) { self.url = url }

    public func url(of name: String) -> URL { url.appending(path: name) }

    /// It cannot be used. `reason` is the system's.
    public struct Failure: Error, CustomStringConvertible {
        public let path: String
        public let reason: String
        public var description: String { "cannot use \(path): \(reason)" }
    }

    private func failing<T>(_ path: String, _ body: () throws -> T) throws -> T {
        do { return try body() } catch let error as Failure { throw error } catch {
            throw Failure(path: path, reason: error.systemReason)
        }
    }

    private func temporary(beside file: URL) -> URL {
        file.deletingLastPathComponent().appending(path: ".\(file.lastPathComponent).\(UUID().uuidString).tmp")
    }

    public func put(_ bytes: Data, as name: String, isDurable: Bool) throws {
        let file = url(of: name), temporary = temporary(beside: file)
        try failing(file.path) {
            try FileManager.default.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
            let descriptor = open(temporary.path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
            guard descriptor >= 0 else { throw Failure(path: file.path, reason: String(cString: strerror(errno))) }
            do {
                let handle = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
                try handle.write(contentsOf: bytes)
                if isDurable { try handle.synchronize() }
                try handle.close()
                guard rename(temporary.path, file.path) == 0 else {
                    throw Failure(path: file.path, reason: String(cString: strerror(errno)))
                }
            } catch {
                unlink(temporary.path)
                throw error
            }
        }
    }

    public func get(_ name: String, from offset: Int) throws -> Data? {
        let path = url(of: name).path, descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else {
            if errno == ENOENT || errno == ENOTDIR { return nil }
            throw Failure(path: path, reason: String(cString: strerror(errno)))
        }
        let handle = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
        return try failing(path) {
            if offset > 0 { try handle.seek(toOffset: UInt64(offset)) }
            return try handle.readToEnd() ?? Data()
        }
    }

    public func list(_ folder: String) throws -> [String] {
        let path = url(of: folder).path
        do {
            return try FileManager.default.contentsOfDirectory(atPath: path).filter { !$0.hasPrefix(".") }.sorted()
        } catch CocoaError.fileReadNoSuchFile {
            return []
        } catch { throw Failure(path: path, reason: error.systemReason) }
    }

    public func create(_ folder: String) throws -> Bool {
        let place = url(of: folder)
        return try failing(place.path) {
            try FileManager.default.createDirectory(at: place.deletingLastPathComponent(), withIntermediateDirectories: true)
            if mkdir(place.path, 0o777) == 0 { return true }
            if errno == EEXIST { return false }
            throw Failure(path: place.path, reason: String(cString: strerror(errno)))
        }
    }

    public func put(file: URL, as name: String) throws { try transfer(file, to: url(of: name)) }

    public func fetch(_ name: String, to file: URL) throws { try transfer(url(of: name), to: file) }

    /// A second name for the same file or, between file systems, a copy. Checkpoints are never changed once they are written.
    private func transfer(_ source: URL, to target: URL) throws {
        let temporary = temporary(beside: target)
        guard access(source.path, F_OK) == 0 else { throw CocoaError(.fileReadNoSuchFile) }
        try failing(target.path) {
            try FileManager.default.createDirectory(at: target.deletingLastPathComponent(), withIntermediateDirectories: true)
            do {
                if link(source.path, temporary.path) != 0 { try FileManager.default.copyItem(at: source, to: temporary) }
                guard rename(temporary.path, target.path) == 0 else {
                    throw Failure(path: target.path, reason: String(cString: strerror(errno)))
                }
                // Two names of one file: then rename does nothing.
                unlink(temporary.path)
            } catch {
                unlink(temporary.path)
                throw error
            }
        }
    }

    public func remove(_ name: String) throws {
        do {
            try FileManager.default.removeItem(at: url(of: name))
        } catch CocoaError.fileNoSuchFile {
        } catch CocoaError.fileReadNoSuchFile {
        } catch { throw Failure(path: url(of: name).path, reason: error.systemReason) }
    }
}
