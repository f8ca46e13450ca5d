import Tensors

/// One tensor of a network, most often a trained one; its gradient, and the factor that the paper's update puts before its learning rate
/// (§4.5).
///
/// `Sendable` because both tensors are, and for their reason.
public final class Parameter: Sendable {
    /// Unique within the network, such as `clouds.0` or `biases.1`; also its name in a checkpoint.
    public let name: String
    public let value: Tensor
    /// Of the batch's mean loss, summed over every layer that reads the parameter.
    public let gradient: Tensor
    public let rateFactor: Double
    /// Whether an optimizer updates it. Running statistics and masks are changed by the passes of training, fixed weights by nothing; they
    /// have no gradient.
    public let isTrained: Bool
    /// Whether it is a mask of zeros and ones.
    public let isMask: Bool
    /// The gradient is cleared before the backward pass, and every layer that reads the parameter adds to it.
    let isShared: Bool

    init(
        _ name: String, _ shape: [Int], rateFactor: Double = 1, isShared: Bool = false, isTrained: Bool = true,
        isMask: Bool = false
    ) {
        self.name = name
        value = Tensor(shape)
        gradient = Tensor(isTrained ? shape : [0])
        self.isTrained = isTrained
        self.isMask = isMask
        self.rateFactor = rateFactor
        self.isShared = isShared
    }

    /// Uniform in ±bound, by the parameter's name and the run's seed.
    func initialise(seed: UInt64, bound: Double) {
        value.fill(RandomStream(seed: seed, purpose: "init/\(name)"), bound: Float(bound))
    }
}
