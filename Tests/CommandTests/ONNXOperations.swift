/// The operations of our models as ONNX defines them, one element at a time.
enum ONNXOperations {
    typealias Value = ONNXReader.Value

    static func apply(_ node: ONNXReader.Node, _ inputs: [Value]) throws -> Value {
        let x = inputs[0]
        switch node.operation {
        case "Relu": return Value(shape: x.shape, elements: x.elements.map { max($0, 0) })
        case "Round": return Value(shape: x.shape, elements: x.elements.map { $0.rounded(.toNearestOrEven) })
        case "Add": return elementwise(x, inputs[1], +)
        case "Sub": return elementwise(x, inputs[1], -)
        case "Mul": return elementwise(x, inputs[1], *)
        case "Div": return elementwise(x, inputs[1], /)
        case "Sqrt": return Value(shape: x.shape, elements: x.elements.map { $0.squareRoot() })
        case "ReduceMean":
            let (rows, columns) = (x.shape[0], x.shape[1])
            return Value(
                shape: [rows, 1],
                elements: (0..<rows).map { x.elements[$0 * columns..<($0 + 1) * columns].reduce(0, +) / Float(columns) })
        case "Gather": return gather(x, inputs[1], axis: node.attributes["axis"]?[0] ?? 0)
        case "Flatten": return Value(shape: [x.shape[0], x.elements.count / x.shape[0]], elements: x.elements)
        case "Gemm": return gemm(x, inputs[1], inputs.count > 2 ? inputs[2] : nil)
        case "GlobalMaxPool":
            return pool(x, kernel: Array(x.shape[2...]), stride: Array(x.shape[2...])) { $0.max() ?? 0 }
        case "MaxPool":
            return pool(x, kernel: node.attributes["kernel_shape"]!, stride: node.attributes["strides"]!) { $0.max() ?? 0 }
        case "AveragePool":
            return pool(x, kernel: node.attributes["kernel_shape"]!, stride: node.attributes["strides"]!) {
                $0.reduce(0, +) / Float($0.count)
            }
        case "Conv":
            return convolution(
                x, inputs[1], inputs[2], stride: node.attributes["strides"]![0], padding: node.attributes["pads"]![0])
        default: throw ONNXReader.Malformed(reason: "no operation \(node.operation)")
        }
    }

    /// The right operand is repeated along the sides that it lacks or that are 1.
    private static func elementwise(_ x: Value, _ y: Value, _ operation: (Float, Float) -> Float) -> Value {
        let sides = [Int](repeating: 1, count: x.shape.count - y.shape.count) + y.shape
        return Value(
            shape: x.shape,
            elements: x.elements.enumerated().map { index, element in
                var rest = index, place = 0, step = 1
                for axis in x.shape.indices.reversed() {
                    if sides[axis] > 1 { place += rest % x.shape[axis] * step }
                    step *= sides[axis]
                    rest /= x.shape[axis]
                }
                return operation(element, y.elements[place])
            })
    }

    private static func gather(_ x: Value, _ indices: Value, axis: Int) -> Value {
        let inner = x.shape[(axis + 1)...].reduce(1, *), outer = x.shape[..<axis].reduce(1, *), side = x.shape[axis]
        var shape = x.shape, elements: [Float] = []
        shape[axis] = indices.elements.count
        for block in 0..<outer {
            for index in indices.elements {
                let start = (block * side + Int(index)) * inner
                elements += x.elements[start..<start + inner]
            }
        }
        return Value(shape: shape, elements: elements)
    }

    private static func gemm(_ x: Value, _ weight: Value, _ bias: Value?) -> Value {
        let (n, m) = (weight.shape[1], weight.shape[0])
        var y = Value(shape: [x.shape[0], m], elements: [])
        for row in 0..<x.shape[0] {
            for output in 0..<m {
                var sum = Double(bias?.elements[output] ?? 0)
                for k in 0..<n { sum += Double(x.elements[row * n + k]) * Double(weight.elements[output * n + k]) }
                y.elements.append(Float(sum))
            }
        }
        return y
    }

    private static func pool(_ x: Value, kernel: [Int], stride: [Int], _ reduce: ([Float]) -> Float) -> Value {
        let (height, width) = (x.shape[2], x.shape[3])
        let sides = [(height - kernel[0]) / stride[0] + 1, (width - kernel[1]) / stride[1] + 1]
        var y = Value(shape: Array(x.shape[..<2]) + sides, elements: [])
        for plane in 0..<x.shape[0] * x.shape[1] {
            for row in 0..<sides[0] {
                for column in 0..<sides[1] {
                    y.elements.append(
                        reduce(
                            (0..<kernel[0] * kernel[1]).map { tap in
                                let (dy, dx) = (tap / kernel[1], tap % kernel[1])
                                return x.elements[(plane * height + row * stride[0] + dy) * width + column * stride[1] + dx]
                            }))
                }
            }
        }
        return y
    }

    private static func convolution(_ x: Value, _ weight: Value, _ bias: Value, stride: Int, padding: Int) -> Value {
        let (channels, height, width) = (x.shape[1], x.shape[2], x.shape[3])
        let (outputs, kernel) = (weight.shape[0], weight.shape[2])
        let side = { (size: Int) in (size + 2 * padding - kernel) / stride + 1 }
        var y = Value(shape: [x.shape[0], outputs, side(height), side(width)], elements: [])
        y.elements.reserveCapacity(y.shape.reduce(1, *))
        x.elements.withUnsafeBufferPointer { x in
            weight.elements.withUnsafeBufferPointer { weight in
                for image in 0..<y.shape[0] {
                    for output in 0..<outputs {
                        for row in 0..<side(height) {
                            for column in 0..<side(width) {
                                var sum = bias.elements[output]
                                for channel in 0..<channels {
                                    var dy = 0
                                    while dy < kernel {
                                        let iy = row * stride + dy - padding
                                        var dx = iy >= 0 && iy < height ? 0 : kernel
                                        while dx < kernel {
                                            let ix = column * stride + dx - padding
                                            if ix >= 0, ix < width {
                                                sum +=
                                                    x[((image * channels + channel) * height + iy) * width + ix]
                                                    * weight[((output * channels + channel) * kernel + dy) * kernel + dx]
                                            }
                                            dx += 1
                                        }
                                        dy += 1
                                    }
                                }
                                y.elements.append(sum)
                            }
                        }
                    }
                }
            }
        }
        return y
    }
}
