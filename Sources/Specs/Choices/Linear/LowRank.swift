extension Linear {
    /// W = UVᵀ of rank d: a baseline with as few parameters as a PCN.
    public static let lowRank = Linear(
        name: "low_rank", summary: "W = UVᵀ of rank d", settings: .d, symbol: "UVᵀ",
        colour: LineColour(
            light: [(1, 0xC98A4B), (16, 0x7B3F00), (512, 0x3D1F00)], dark: [(1, 0xF0C98C), (16, 0xD9952B), (512, 0x9A6410)]),
        label: { "LowRank\($0)" },
        parameters: { dimensions in
            dimensions.layers.map { dimensions.d * ($0.inputs + $0.outputs) }.reduce(0, +) + dimensions.biases
        },
        // Two products a layer, through d hidden values.
        forward: { $0.d * ($0.inputs + $0.outputs) },
        inputGradient: { $0.d * $0.inputs },
        export: LinearExport(
            inputAxis: .rows, summary: "linear.I.u (in, d), linear.I.v (out, d) with W = U·Vᵀ; linear.I.bias"
        ) { kind, index in
            switch kind {
            case "u", "v": "linear.\(index).\(kind)"
            case "biases": "linear.\(index - 1).bias"
            default: nil
            }
        })
}
