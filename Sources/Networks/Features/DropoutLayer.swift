import Specs
import Tensors

/// Where and how a network drops elements in training.
public struct Dropout: Sendable {
    /// The probability p of an element to be dropped, in (0, 1).
    public var rate: Double
    /// The linear layers before which it is.
    public var layers: DroppedLayers
    public var seed: UInt64

    public init(rate: Double, before layers: DroppedLayers, seed: UInt64) {
        precondition(rate > 0 && rate < 1)
        (self.rate, self.layers, self.seed) = (rate, layers, seed)
    }
}

/// Dropout: in training each element is set to 0 with probability p and else multiplied by 1/(1 − p); in evaluation nothing happens.
///
/// Whether an element is kept is a pure function of (seed, layer, epoch, image of the epoch, index), so a resumed run drops what
/// the undisturbed one drops, and the backward pass makes the mask again.
struct DropoutLayer: Layer {
    let input: Shape
    let rate: Double
    let seed: UInt64
    let purpose: String
    let hasReLU = false
    var output: Shape { input }

    func forward(_ x: Matrix, into y: Matrix, _ pass: Pass) { drop(x, into: y, pass) }

    func backward(_ x: Matrix, _ y: Matrix, _ dy: Matrix, into dx: InputGradient?, _ pass: Pass) {
        guard let dx else { return }
        drop(dy, into: dx.dx, pass)
        dx.mask(by: x, pass.workers)
    }

    private func drop(_ source: Matrix, into target: Matrix, _ pass: Pass) {
        let count = input.count
        guard let place = pass.place else {
            return pass.workers.forEach(source.rows) { image, _ in target.row(image).update(from: source.row(image), count: count)
            }
        }
        let rate = Float(rate), scale = Float(1 / (1 - self.rate))
        let stream = RandomStream(seed: seed, purpose: purpose, epoch: place.epoch)
        pass.workers.forEach(source.rows) { image, _ in
            let (from, to, first) = (source.row(image), target.row(image), (place.firstImage + image) * count)
            for index in 0..<count { to[index] = stream.uniform(first + index) < rate ? 0 : scale * from[index] }
        }
    }
}
