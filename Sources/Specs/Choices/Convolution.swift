/// How a model's convolutions make their weights.
public struct Convolution: Choice {
    public let name: String
    public let summary: String
    /// The settings that it uses.
    let settings: WeightSettings
    /// Whether the weights themselves are stored and trained.
    public let isDense: Bool
    /// The weights in a formula.
    public let symbol: String
    /// What follows the architecture in a model's name, given d.
    let label: @Sendable (_ d: Int) -> String
    /// Trainable parameters of all convolutions of a network, biases and those of batch norms included.
    let parameters: @Sendable (_ convolutions: [Dimensions], _ d: Int) -> Int
    /// Multiply-adds of a convolution that are made once a step, not once an image.
    let perStep: @Sendable (Dimensions, _ d: Int) -> Int

    /// One convolution: kernel × kernel × inputs weights for each of its outputs.
    struct Dimensions: Sendable {
        let kernel: Int
        /// Channels that it reads.
        let inputs: Int
        /// Channels that it writes.
        let outputs: Int
        /// Whether batch norm follows, whose scales and shifts are in place of biases.
        var isNormalised = false

        var weights: Int { kernel * kernel * inputs * outputs }
    }

    @TaskLocal public static var all: [Convolution] = [.dense, .pcn]
}

extension Convolution {
    /// Stored weights, as in the paper's models.
    public static let dense = Convolution(
        name: "dense", summary: "stored", settings: [], isDense: true, symbol: "W", label: { _ in "" },
        parameters: { convolutions, _ in convolutions.map { $0.weights + ($0.isNormalised ? 2 : 1) * $0.outputs }.reduce(0, +) },
        perStep: { _, _ in 0 })

    /// Weights from distances between points, along the channel axis (§6.4).
    ///
    /// The parameters are a cloud of d-dimensional positions for the channels of the images and one for each convolution's
    /// outputs, an offset in the same space for each place of a kernel, and the biases.
    public static let pcn = Convolution(
        name: "pcn", summary: "from distances between points, along the channel axis", settings: .pointCloud, isDense: false,
        symbol: "F(D)", label: { "PCN\($0)" },
        parameters: { convolutions, d in
            let points = (convolutions.first?.inputs ?? 0) + convolutions.map { $0.kernel * $0.kernel + $0.outputs }.reduce(0, +)
            return d * points + convolutions.map(\.outputs).reduce(0, +)
        },
        // The distances forward, and the gradients of both clouds.
        perStep: { 3 * $1 * $0.weights })
}
