import Tensors

/// The positions iy = s·q + top, ix = s·r + left of a convolution's input. With r₀ = (top + padding) mod s, they are reached by the
/// kernel rows ky = r₀ + s·j alone, from the output rows oy = q + (top + padding − r₀)/s − j; columns likewise. So
///
///     dx[class] (B·positions, C) = patches(dy) (B·positions, j·i·O) · w (j·i·O, C),   j and i descending
///
/// is a product with nothing wasted on the zeros that a stride would put between the output's positions.
struct ConvolutionClass: Sendable {
    let height: Int
    let width: Int
    private let top: Int
    private let left: Int
    /// First kernel row and column, how many, and the output position that the last of them comes from at q = 0.
    private let down: (first: Int, count: Int, origin: Int)
    private let across: (first: Int, count: Int, origin: Int)

    init(top: Int, left: Int, _ layer: Convolution) {
        (self.top, self.left) = (top, left)
        let stride = layer.stride
        height = (layer.input.height - top + stride - 1) / stride
        width = (layer.input.width - left + stride - 1) / stride
        func taps(_ place: Int) -> (first: Int, count: Int, origin: Int) {
            let first = (place + layer.padding) % stride
            let count = first < layer.kernel ? (layer.kernel - first + stride - 1) / stride : 0
            return (first, count, (place + layer.padding - first) / stride - (count - 1))
        }
        (down, across) = (taps(top), taps(left))
    }

    /// Whether any output depends on these positions.
    var isReached: Bool { down.count > 0 && across.count > 0 }

    func patches(_ dy: Matrix, _ layer: Convolution) -> Patches {
        Patches(
            dy, height: layer.output.height, width: layer.output.width, channels: layer.output.channels,
            output: (height, width), stride: 1, kernel: (down.count, across.count), origin: (down.origin, across.origin))
    }

    /// (O, C) matrices of the weights at the kernel's rows and columns, both descending.
    func columns(of weights: Matrix, _ layer: Convolution) -> ProductColumns {
        let (channels, kernel) = (layer.input.channels, layer.kernel)
        let last = (down.first + (down.count - 1) * layer.stride, across.first + (across.count - 1) * layer.stride)
        let matrix = Matrix(
            base: weights.base + (last.0 * kernel + last.1) * channels, rows: layer.output.channels,
            columns: channels, stride: kernel * kernel * channels)
        let step = -layer.stride * channels
        return .stack(MatrixStack(first: matrix, down: (down.count, step * kernel), across: (across.count, step)))
    }

    /// Puts one image's rows of `result` (B·positions, C) into their places in dx.
    func scatter(_ result: Matrix, _ image: Int, into dx: Matrix, _ layer: Convolution) {
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
