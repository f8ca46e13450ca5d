import Foundation

/// Where bundles are kept: what the controller and the nodes share. Names are paths with slashes.
///
/// Every process sees what another one has put, perhaps some time later. Only `create` decides between two processes.
public protocol BundleStorage: Sendable {
    /// Stores bytes under a name, in place of what is there. They are there completely or not at all.
    /// - Parameter isDurable: whether they survive a loss of power.
    func put(_ bytes: Data, as name: String, isDurable: Bool) throws
    /// The bytes from an offset on; nil if nothing has this name.
    func get(_ name: String, from offset: Int) throws -> Data?
    /// The names in a folder, without those of files that are being written; empty if there is no such folder.
    func list(_ folder: String) throws -> [String]
    /// Makes a folder. Returns false if it is there: another process has made it.
    func create(_ folder: String) throws -> Bool
    /// Stores a file of this machine, without a copy in memory.
    func put(file: URL, as name: String) throws
    /// Stores a file here. The file is there completely or not at all. Throws `CocoaError.fileReadNoSuchFile` if nothing has this name.
    func fetch(_ name: String, to file: URL) throws
    /// Removes a file, or a folder with all that is in it. It is no error if nothing has this name.
    func remove(_ name: String) throws
}

extension BundleStorage {
    public func put(_ bytes: Data, as name: String) throws { try put(bytes, as: name, isDurable: false) }

    public func get(_ name: String) throws -> Data? { try get(name, from: 0) }
}
