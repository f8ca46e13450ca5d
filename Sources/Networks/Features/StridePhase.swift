import Specs
import Tensors

/// The positions iy = s·q + top, ix = s·r + left of a convolution's input. With r₀ = (top + padding) mod s, they are reached only by
/// the kernel rows ky = r₀ + s·j, from the output rows oy = q + (top + padding − r₀)/s − j; columns likewise. So
///
///     dx[phase] (B·positions, C) = patches(dy) (B·positions, j·i·O) · w (j·i·O, C),   j and i descending
///
/// is a product without the zeros that a stride would put between the output's positions.
struct StridePhase: Sendable {
    let height: Int
    let width: Int
    private let top: Int
    private let left: Int
    /// First kernel row and column, how many, and the output position of the last of them at q = 0.
    private let down: (first: Int, count: Int, origin: Int)
    private let across: (first: Int, count: Int, origin: Int)

    init(top: Int, left: Int, _ input: Shape, kernel: Int, stride: Int, padding: Int) {
        (self.top, self.left) = (top, left)
        height = (input.height - top + stride - 1) / stride
        width = (input.width - left + stride - 1) / stride
        func taps(_ place: Int) -> (first: Int, count: Int, origin: Int) {
            let first = (place + padding) % stride
            let count = first < kernel ? (kernel - first + stride - 1) / stride : 0
            return (first, count, (place + padding - first) / stride - (count - 1))
        }
        (down, across) = (taps(top), taps(left))
    }

    var positions: Int { height * width }
    /// Places of the kernel that reach these positions.
    var taps: Int { down.count * across.count }
    /// Whether any output depends on these positions.
    var isReached: Bool { taps > 0 }

    func patches(_ dy: Matrix, _ layer: ConvolutionProducts) -> Patches {
        Patches(
            dy, height: layer.output.height, width: layer.output.width, channels: layer.output.channels,
            output: (height, width), stride: 1, kernel: (down.count, across.count), origin: (down.origin, across.origin))
    }

    /// Writes w (j·i·O, C): the kernel's places in descending order, each (O, C), from weights (O, k·k·C).
    func writeWeights(_ weights: Matrix, into w: Matrix, _ layer: ConvolutionProducts, _ workers: Workers) {
        let (channels, outputs) = (layer.input.channels, layer.output.channels), blocks = Tiling(outputs, by: 32)
        workers.forEach(taps * blocks.count) { task, _ in
            let (tap, block) = (task / blocks.count, blocks[task % blocks.count])
            let ky = down.first + (down.count - 1 - tap / across.count) * layer.stride
            let kx = across.first + (across.count - 1 - tap % across.count) * layer.stride
            let offset = (ky * layer.kernel + kx) * channels
            for output in block { w.row(tap * outputs + output).update(from: weights.row(output) + offset, count: channels) }
        }
    }

    /// Copies one image's rows of `result` (B·positions, C) to their places in dx.
    func scatter(_ result: Matrix, _ image: Int, into dx: Matrix, _ layer: ConvolutionProducts) {
        let channels = layer.input.channels
        for q in 0..<height {
            for r in 0..<width {
                let place = ((q * layer.stride + top) * layer.input.width + r * layer.stride + left) * channels
                let target = dx.row(image) + place
                if isReached {
                    target.update(from: result.row((image * height + q) * width + r), count: channels)
                } else {
                    target.update(repeating: 0, count: channels)
                }
            }
        }
    }
}
