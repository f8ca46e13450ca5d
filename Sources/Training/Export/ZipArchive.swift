import CZlib
import Foundation

/// A zip archive of stored files (PKWARE's APPNOTE 6.3), every size in its 64-bit form (§4.5.3), so that a layer may have any size.
struct ZipArchive {
    private let file: OutputFile
    private var directory = Data()
    private var entries = 0

    init(_ file: OutputFile) { self.file = file }

    /// Adds a file of exactly `size` bytes, which `body` appends piece by piece. Its time is the format's earliest, 1980, so that equal
    /// contents give equal archives.
    mutating func add(_ name: String, size: Int, _ body: ((UnsafeRawBufferPointer) throws -> Void) throws -> Void) throws {
        let start = file.count
        let description = { (checksum: UInt32, offset: Int?) in
            var fields = Data()
            fields.append(littleEndian: UInt16(45))  // version needed: 4.5, 64-bit sizes
            fields.append(littleEndian: UInt16(0))  // flags
            fields.append(littleEndian: UInt16(0))  // stored
            fields.append(littleEndian: UInt16(0))  // 00:00
            fields.append(littleEndian: UInt16(1 << 5 | 1))  // 1 January 1980
            fields.append(littleEndian: checksum)
            fields.append(littleEndian: UInt32.max)  // both sizes stand in the extra field
            fields.append(littleEndian: UInt32.max)
            fields.append(littleEndian: UInt16(name.utf8.count))
            fields.append(littleEndian: UInt16(offset == nil ? 20 : 28))
            return fields
        }
        let extra = { (offset: Int?) in
            var fields = Data()
            fields.append(littleEndian: UInt16(1))  // 64-bit sizes
            fields.append(littleEndian: UInt16(offset == nil ? 16 : 24))
            for size in [size, size] + (offset.map { [$0] } ?? []) { fields.append(littleEndian: UInt64(size)) }
            return fields
        }
        try file.append(Data("PK\u{3}\u{4}".utf8) + description(0, nil) + Data(name.utf8) + extra(nil))
        let contents = file.count
        var checksum = crc32(0, nil, 0)
        try body { bytes in
            checksum = crc32_z(checksum, bytes.bindMemory(to: UInt8.self).baseAddress, bytes.count)
            try file.append(bytes)
        }
        precondition(file.count - contents == size, "a file has the size that was said")
        var sum = Data()
        sum.append(littleEndian: UInt32(checksum))
        try file.patch(sum, at: start + 14)

        directory += Data("PK\u{1}\u{2}".utf8)
        directory.append(littleEndian: UInt16(3 << 8 | 45))  // made by: Unix
        directory += description(UInt32(checksum), start)
        directory += Data(count: 6)  // no comment, first disk, binary
        directory.append(littleEndian: UInt32(0o100644 << 16))
        directory.append(littleEndian: UInt32.max)  // the offset stands in the extra field
        directory += Data(name.utf8) + extra(start)
        entries += 1
    }

    /// Writes the directory at the archive's end.
    func finish() throws {
        let start = file.count
        try file.append(directory)
        var end = Data("PK\u{6}\u{6}".utf8)
        end.append(littleEndian: UInt64(44))  // bytes behind this number
        end.append(littleEndian: UInt16(3 << 8 | 45))
        end.append(littleEndian: UInt16(45))
        end += Data(count: 8)  // disks
        for number in [entries, entries, directory.count, start] { end.append(littleEndian: UInt64(number)) }
        end += Data("PK\u{6}\u{7}".utf8) + Data(count: 4)
        end.append(littleEndian: UInt64(start + directory.count))
        end.append(littleEndian: UInt32(1))
        // The 32-bit end: everything stands in the 64-bit one.
        end += Data("PK\u{5}\u{6}".utf8) + Data(count: 4)
        end.append(littleEndian: UInt16.max)
        end.append(littleEndian: UInt16.max)
        end.append(littleEndian: UInt32.max)
        end.append(littleEndian: UInt32.max)
        end.append(littleEndian: UInt16(0))
        try file.append(end)
    }
}
