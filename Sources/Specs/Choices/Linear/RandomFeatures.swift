extension Linear {
    /// y = ReLU(x·Ω)·V + b, Ω fixed and random (scalable neural network kernels).
    public static let randomFeatures = Linear(
        name: "random_features", summary: "ReLU(x·Ω)·V over d random features, Ω fixed and V trained", settings: .d,
        symbol: "Ω, V",
        colour: LineColour(
            light: [(1, 0x6E7F9C), (16, 0x44546F), (512, 0x232D3F)], dark: [(1, 0xC9D4E8), (16, 0x94A5C4), (512, 0x65779A)],
            dashes: 3),
        label: { "Random\($0)" },
        parameters: { dimensions in dimensions.layers.map { dimensions.d * $0.outputs }.reduce(0, +) + dimensions.biases },
        // Two products a layer. Ω has no gradient.
        forward: { $0.d * ($0.inputs + $0.outputs) },
        inputGradient: { $0.d * $0.inputs },
        weightGradient: { $0.d * $0.outputs },
        // Ω, and the features of each layer with their gradients.
        workingFloats: { dimensions, rows in
            dimensions.layers.map { dimensions.d * $0.inputs }.reduce(0, +)
                + rows * dimensions.layers.count * (dimensions.d + 64)
        },
        export: LinearExport(
            inputAxis: nil,
            summary: "linear.2I.weight (d, in), fixed, without a bias; linear.2I+1.weight (out, d), linear.2I+1.bias"
        ) { kind, index in
            switch kind {
            case "random": "linear.\(2 * index).weight"
            case "weights": "linear.\(2 * index + 1).weight"
            case "biases": "linear.\(2 * index - 1).bias"
            default: nil
            }
        })
}
