/// Reads the regular files of a tar archive (ustar, as GNU and pax write it) in sequence.
///
/// It only passes on bytes: it never writes or opens a file named in an archive.
final class TarReader {
    private static let block = 512
    /// Maximum size of a member, seven times CIFAR-100's largest.
    static let memberLimit = 1 << 30

    private let archive: any ByteSource
    private let name: String
    private var offset = 0

    init(_ archive: any ByteSource, name: String) {
        self.archive = archive
        self.name = name
    }

    /// Calls `body` with name, size and content of every regular file, in the archive's order. Content that it does not read is
    /// skipped. Reads to the end, so that a compressed archive's checksum is checked.
    /// - Throws: ``DatasetError/corruptTar(file:offset:fault:)`` and whatever the source or `body` throws.
    func forEachMember(_ body: (_ name: String, _ size: Int, _ content: any ByteSource) throws -> Void) throws {
        while let header = try readHeader() {
            let size = try header.checkedSize { fault($0) }
            offset += Self.block
            let member = Member(archive: archive, size: size) { self.fault(.truncated) }
            if header.isRegularFile { try body(header.path, size, member) }
            try member.skip()
            try skipPadding(after: size)
            offset += (size + Self.block - 1) / Self.block * Self.block
        }
        try archive.forEachChunk { _ in }
    }

    /// The next header, or nil at the block of zeros that ends the archive.
    private func readHeader() throws -> TarHeader? {
        var bytes = [UInt8](repeating: 0, count: Self.block)
        let count = try bytes.withUnsafeMutableBytes { try archive.readFully(into: $0) }
        guard count == Self.block else { throw fault(.truncated) }
        if bytes.allSatisfy({ $0 == 0 }) { return nil }
        let header = TarHeader(bytes: bytes)
        guard header.hasRightChecksum else { throw fault(.wrongChecksum) }
        return header
    }

    private func skipPadding(after size: Int) throws {
        let padding = (Self.block - size % Self.block) % Self.block
        var bytes = [UInt8](repeating: 0, count: padding)
        guard try bytes.withUnsafeMutableBytes({ try archive.readFully(into: $0) }) == padding else {
            throw fault(.truncated)
        }
    }

    private func fault(_ fault: TarFault) -> DatasetError { .corruptTar(file: name, offset: offset, fault: fault) }

    /// The content of one member.
    private final class Member: ByteSource {
        private let archive: any ByteSource
        private let truncated: () -> DatasetError
        private var left: Int

        init(archive: any ByteSource, size: Int, truncated: @escaping () -> DatasetError) {
            self.archive = archive
            self.truncated = truncated
            left = size
        }

        func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
            guard left > 0, buffer.count > 0 else { return 0 }
            let count = try archive.read(into: UnsafeMutableRawBufferPointer(rebasing: buffer.prefix(left)))
            guard count > 0 else { throw truncated() }
            left -= count
            return count
        }

        func skip() throws { try forEachChunk { _ in } }
    }
}
