import Specs
import Tensors

/// The largest of each window, channel by channel. One window over everything is global max pooling.
struct MaxPoolLayer: Layer {
    let input: Shape
    let output: Shape
    let kernel: Int
    let stride: Int
    let hasReLU = false

    init(_ input: Shape, kernel: Int, stride: Int) {
        (self.input, self.kernel, self.stride) = (input, kernel, stride)
        output = input.after(kernel: kernel, stride: stride, channels: input.channels)
    }

    func forward(_ x: Matrix, into y: Matrix, _ pass: Pass) {
        let windows = windows(x)
        pass.workers.forEach(x.rows) { image, _ in windows.maxPool(image: image, into: y.row(image)) }
    }

    /// dx of a window's first largest element is dy, of the others 0; windows that overlap add up.
    func backward(_ x: Matrix, _ y: Matrix, _ dy: Matrix, into dx: InputGradient?, _ pass: Pass) {
        guard let dx else { return }
        let windows = windows(x)
        pass.workers.forEach(x.rows) { image, _ in
            windows.maxPoolBackward(image: image, y.row(image), dy.row(image), into: dx.dx.row(image))
        }
        dx.mask(by: x, pass.workers)
    }

    private func windows(_ x: Matrix) -> Patches {
        Patches(
            x, height: input.height, width: input.width, channels: input.channels, output: (output.height, output.width),
            stride: stride, kernel: (kernel, kernel), origin: (0, 0))
    }
}
