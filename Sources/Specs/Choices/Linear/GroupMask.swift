extension Linear {
    /// Sparse weights between groups of neurons, pruned and regrown (G2GNet).
    public static let groupMask = Linear(
        name: "group_mask", summary: "d inputs for each neuron, half of them from its own group, pruned and regrown each epoch",
        settings: .d, symbol: "W ⊙ M",
        colour: LineColour(
            light: [(1, 0xA98467), (16, 0x6C4F37), (512, 0x3B2A1D)], dark: [(1, 0xE6CDB5), (16, 0xC2A07F), (512, 0x8E7055)],
            dashes: 4),
        label: { "Group\($0)" },
        parameters: { dimensions in
            dimensions.layers.map { min(dimensions.d, $0.inputs) * $0.outputs }.reduce(0, +) + dimensions.biases
        },
        // The products are those of a dense layer, whose other weights are 0.
        forward: { $0.inputs * $0.outputs },
        inputGradient: { $0.inputs * $0.outputs },
        // Weights, gradients, masks and the optimizer's state are stored like a dense layer's; the correlations of the largest layer.
        workingFloats: { dimensions, _ in
            let sizes = dimensions.layers.map { $0.inputs * $0.outputs }
            return 5 * sizes.reduce(0, +) + (sizes.max() ?? 0)
        },
        export: LinearExport(
            inputAxis: .columns, summary: "linear.I.weight (out, in), 0 where there is no connection; linear.I.bias"
        ) { kind, index in
            switch kind {
            case "weights": "linear.\(index).weight"
            case "biases": "linear.\(index - 1).bias"
            default: nil
            }
        })
}
