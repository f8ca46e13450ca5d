extension Linear {
    /// All weights by one small network, from the places of blocks of them (Neural Metamorphosis).
    public static let neuralField = Linear(
        name: "neural_field", summary: "blocks of W by a network of width d from their places", settings: .d, symbol: "N(i, j)",
        colour: LineColour(
            light: [(1, 0xB0578D), (64, 0x8A2E68), (512, 0x4C1238)], dark: [(1, 0xF2B8DB), (64, 0xD978B4), (512, 0xA84A86)],
            dashes: 2),
        label: { "Field\($0)" },
        parameters: { NeuralFieldSize(d: $0.d).parameters + $0.biases },
        forward: { $0.inputs * $0.outputs },
        inputGradient: { $0.inputs * $0.outputs },
        // The network forward, forward again in the backward pass, and its two gradients.
        perStep: {
            4 * NeuralFieldSize.blocks($0.inputs) * NeuralFieldSize.blocks($0.outputs) * NeuralFieldSize(d: $0.d).products
        },
        // W, dW and the encodings of every layer; the field's values of the largest one.
        workingFloats: { dimensions, _ in
            let size = NeuralFieldSize(d: dimensions.d)
            let blocks = dimensions.layers.map { NeuralFieldSize.blocks($0.inputs) * NeuralFieldSize.blocks($0.outputs) }
            let stored = dimensions.layers.map { 2 * $0.inputs * $0.outputs }.reduce(0, +)
            return stored + blocks.reduce(0, +) * NeuralFieldSize.encoding
                + (blocks.max() ?? 0) * (4 * dimensions.d + NeuralFieldSize.block) + size.parameters
        },
        export: LinearExport(
            inputAxis: nil,
            summary: "linear.field.I.weight (out, in), linear.field.I.bias, of the network's layers 0 … 2; linear.biases.I"
        ) { kind, index in
            switch kind {
            case "field_weights": "linear.field.\(index).weight"
            case "field_biases": "linear.field.\(index).bias"
            case "biases": "linear.biases.\(index - 1)"
            default: nil
            }
        })
}

/// The sizes of a neural field of width d.
public struct NeuralFieldSize: Sendable {
    /// Weights along a side of a block.
    public static let side = 16
    /// Weights of a block.
    public static let block = side * side
    /// Waves of each of a place's three fractions, each a sine and a cosine.
    public static let octaves = 4
    /// Numbers that describe a block's place: the fractions, their waves, and the logarithms of n and m.
    public static let encoding = 3 + 3 * 2 * octaves + 2
    let d: Int

    var parameters: Int { products + 2 * d + Self.block }
    /// Multiply-adds for a block.
    var products: Int { Self.encoding * d + d * d + d * Self.block }

    /// Blocks along a side of W.
    public static func blocks(_ count: Int) -> Int { (count + side - 1) / side }
}
