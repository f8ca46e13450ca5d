import Dispatch

extension Workers {
    /// Operations a second of products on all threads, two for a multiply-add, from some fiftieth of a second of them.
    public func measuredRate() -> Double {
        let (rows, columns, depth) = (264, 128, 264)
        let sets = (0..<threads).map { _ in (Tensor(rows, depth), Tensor(depth, columns), Tensor(rows, columns)) }
        let tasks = 200 * threads
        let run = {
            forEach(tasks) { _, slot in
                let (a, b, c) = sets[slot]
                multiply(RowFactor(a.matrix), Panels(base: b.base, depth: depth, columns: columns), into: c.matrix)
            }
        }
        run()
        let start = DispatchTime.now().uptimeNanoseconds
        run()
        let seconds = Double(DispatchTime.now().uptimeNanoseconds - start) / 1e9
        return 2 * Double(rows * columns * depth) * Double(tasks) / seconds
    }
}
