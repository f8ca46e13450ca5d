import Specs
import Tensors

extension Network {
    /// Calls `body` with what each weight layer read in the last forward pass of so many rows, in forward order: a sample in each row, which is
    /// a position of an image before a convolution. The first convolution is left out, and a projection shortcut, which reads what the
    /// block's first convolution does.
    public func eachInput(_ rows: Int, _ body: (_ index: Int, _ x: Matrix) -> Void) {
        var index = 0, isFirst = true
        forEachLayer(rows) { layer, x in
            layer.eachRead(x) { part, read, branch in
                switch part {
                case let projection as ProjectionLayer: body(index, read.positions(of: projection.input))
                case is PrincipalConvolutionLayer: return
                case let convolution as any ConvolutionLayer:
                    defer { isFirst = false }
                    if isFirst || branch > 0 { return }
                    body(index, read.positions(of: convolution.input))
                case let stage as LinearStage where stage.layer.bias.isTrained: body(index, read)
                default: return
                }
                index += 1
            }
        }
    }
}

extension Layer {
    /// Calls `body` with each part of the layer, what the part read in the last forward pass, and the branch of a block that it is in.
    fileprivate func eachRead(_ x: Matrix, _ body: (any Layer, Matrix, _ branch: Int) -> Void) {
        guard let block = self as? ResidualLayer else { return body(self, x, 0) }
        block.eachRead(x, body)
    }
}
