import Foundation

/// Reads inputs one after another in its own process, which a crash may end.
struct Child {
    let reader: Reader
    let seed: UInt64
    /// The folder that readers may write to.
    let folder: URL
    let progress: Progress

    /// Processor seconds allowed for one input.
    static let limit = 1.0
    /// Bytes of memory allowed for the process.
    static let memory = 8 << 30

    /// Exit codes of the child itself.
    enum Exit {
        static let broken: Int32 = 2
        static let slow: Int32 = 3
    }

    func run(_ indices: Range<Int>) -> Never {
        var memory = rlimit(rlim_cur: rlim_t(Self.memory), rlim_max: rlim_t(Self.memory))
        setrlimit(__rlimit_resource_t(RLIMIT_AS.rawValue), &memory)
        var core = rlimit(rlim_cur: 0, rlim_max: 0)
        setrlimit(__rlimit_resource_t(RLIMIT_CORE.rawValue), &core)
        for index in indices { run(index) }
        exit(0)
    }

    private func run(_ index: Int) {
        progress.page.index = index
        let input = Mutator.input(index, of: reader, seed: seed)
        let start = Self.processorTime
        do {
            try reader.read(input, folder)
            progress.page.accepted += 1
        } catch let broken as Broken {
            FileHandle.standardError.write(Data("\(broken.promise)\n".utf8))
            exit(Exit.broken)
        } catch {
            progress.page.refused += 1
        }
        let seconds = Self.processorTime - start
        progress.page.longest = max(progress.page.longest, Int(seconds * 1e6))
        if seconds > Self.limit { exit(Exit.slow) }
    }

    /// The process's own time, which does not depend on the machine's load.
    private static var processorTime: Double {
        var time = timespec()
        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }
}
