import Foundation

/// Mean and standard deviation over seeds.
struct Statistics: Sendable, Equatable, Encodable {
    let mean: Double
    /// Of the sample (n − 1); nil for a single value.
    let deviation: Double?
    let count: Int

    /// Nil if there are no values.
    init?(_ values: [Double]) {
        guard !values.isEmpty else { return nil }
        let mean = values.reduce(0, +) / Double(values.count)
        self.mean = mean
        count = values.count
        deviation =
            values.count < 2
            ? nil : (values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(values.count - 1)).squareRoot()
    }
}
