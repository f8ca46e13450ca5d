import Foundation

/// The processor time that work on this thread takes, in seconds: on a busy machine hardly more than on an idle one, unlike its duration.
public func processorSeconds(of work: () throws -> Void) rethrows -> Double {
    let seconds = {
        var time = timespec()
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }
    let start = seconds()
    try work()
    return seconds() - start
}
