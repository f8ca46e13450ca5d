/// How large the tasks of a pass are, in floating-point operations: a function of the pass's total alone, so that it never depends
/// on time, cores or threads.
///
/// About 50 million: some 0.3 ms. Fewer where there would be less than 64 tasks, so that 64 threads have work; more where there
/// would be more than 256, because BLAS packs both operands for every call and gains by larger tiles.
public struct TaskSize: Sendable {
    /// Tasks of the pass: a multiple of 64, unless they would be smaller than 2 million operations.
    public let tasks: Int

    private static let usual = 50e6
    private static let smallest = 2e6

    /// - Parameter operations: of the whole pass, two for a multiply-add.
    public init(_ operations: Double) {
        let count = min(256, (operations / Self.usual).rounded(.up))
        let most = max(1, (operations / Self.smallest).rounded(.down))
        tasks = Int(min(most, (count / 64).rounded(.up) * 64))
    }
}
