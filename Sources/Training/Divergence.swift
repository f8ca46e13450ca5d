import Tensors

/// Why and where a training diverged: a number in it is not finite.
public struct Divergence: Sendable, Equatable, CustomStringConvertible {
    enum Cause: Sendable, Equatable {
        /// The loss of a training batch.
        case loss
        /// The loss of the final weights over a whole split.
        case finalLoss
        /// What a layer reads, when the network was to be compressed.
        case components
        /// A parameter or a part of the optimizer's state, by its name in a checkpoint.
        case tensor(String)
    }

    let cause: Cause
    /// The epoch and the batch of it, both from 1, whose step was the last.
    let epoch: Int
    let batch: Int

    public var description: String {
        switch cause {
        case .loss: "the loss is not finite in epoch \(epoch), batch \(batch)"
        case .finalLoss: "the loss of the final weights is not finite, after epoch \(epoch), batch \(batch)"
        case .components: "what a layer reads has no principal components after epoch \(epoch), batch \(batch)"
        case .tensor(let name): "\(name) is not finite after epoch \(epoch), batch \(batch)"
        }
    }
}

extension Tensor {
    /// Whether no element is an infinity or a NaN.
    var isFinite: Bool {
        let bits = UnsafeRawPointer(base).assumingMemoryBound(to: UInt32.self)
        var carries: UInt32 = 0
        // Adding 1 to the exponent carries into the sign bit if and only if the exponent is all ones. The loop has no branch, so
        // that it is compiled to vector instructions.
        for index in 0..<count { carries |= (bits[index] & 0x7FFF_FFFF) &+ 0x0080_0000 }
        return carries & 0x8000_0000 == 0
    }
}
