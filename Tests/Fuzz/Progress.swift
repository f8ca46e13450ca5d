import Foundation

/// A child's progress in shared memory, which is still readable after the child has crashed.
final class Progress {
    /// The contents of the shared page.
    struct Page {
        /// The current input.
        var index = 0
        var accepted = 0
        var refused = 0
        /// Processor microseconds of the slowest input so far.
        var longest = 0
    }

    private let memory: UnsafeMutablePointer<Page>

    var page: Page {
        get { memory.pointee }
        set { memory.pointee = newValue }
    }

    /// Maps the file, which is created if it does not exist.
    init(_ file: URL) throws {
        let descriptor = open(file.path, O_RDWR | O_CREAT | O_CLOEXEC, 0o666)
        defer { close(descriptor) }
        guard descriptor >= 0, ftruncate(descriptor, off_t(MemoryLayout<Page>.size)) == 0,
            let page = mmap(nil, MemoryLayout<Page>.size, PROT_READ | PROT_WRITE, MAP_SHARED, descriptor, 0), page != MAP_FAILED
        else { throw Broken("cannot map \(file.path)") }
        memory = page.bindMemory(to: Page.self, capacity: 1)
    }

    deinit { munmap(memory, MemoryLayout<Page>.size) }
}
