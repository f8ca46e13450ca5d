import Lab

/// A quantity plotted over the epochs. Figure 5 has one plot for each.
struct Quantity: Sendable {
    /// The part of a file name that stands for it.
    let name: String
    let title: String
    let axis: String
    let value: @Sendable (EpochRow) -> Double

    static let all = [
        Quantity(name: "loss", title: "training loss", axis: "loss (cross-entropy)", value: \.loss),
        Quantity(
            name: "train-accuracy", title: "train accuracy", axis: "train accuracy (%)", value: { $0.trainAccuracy * 100 }),
        Quantity(
            name: "test-accuracy", title: "test accuracy", axis: "test accuracy (%)", value: { ($0.testAccuracy ?? .nan) * 100 }),
    ]
}
