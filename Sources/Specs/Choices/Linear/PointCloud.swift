extension Linear {
    /// Weights from distances between points (§3). Layers share the clouds of the neurons between them.
    public static let pcn = Linear(
        name: "pcn", summary: "from distances between points", settings: .pointCloud.union([.inputCloud, .pointCloudOptions]),
        usesBLAS: false,
        symbol: "F(D)",
        colour: LineColour(
            light: [(1, 0x8A8F00), (4, 0x43A10F), (8, 0x1F578E), (16, 0x9330FC), (32, 0xC775B5), (512, 0xD6455D)],
            dark: [(1, 0xE5E36A), (4, 0x86EE62), (8, 0x2EA9D7), (16, 0x8B6CF9), (32, 0xDB4A8C), (512, 0xFF9C8A)]),
        label: { "PCN\($0)" },
        parameters: { $0.d * $0.positions + $0.biases + $0.gains + $0.epsilons + $0.windows },
        // Table 1 counts a bias for each neuron of the input cloud.
        untrainedParameters: { $0.widths[0] },
        forward: { $0.inputs * $0.outputs },
        inputGradient: { $0.inputs * $0.outputs },
        // The distances forward, and the gradients of both clouds.
        perStep: { 3 * ($0.d + $0.factors) * $0.inputs * $0.outputs },
        // Packed copies of a layer's activations and of their gradient.
        workingFloats: { dimensions, rows in rows * (dimensions.layers.map { $0.inputs + $0.outputs + 64 }.max() ?? 0) },
        export: LinearExport(
            inputAxis: .rows,
            summary: "linear.positions.I (neurons, d), of the clouds 0 … L; linear.biases.I, of the layers 0 … L-1; "
                + "linear.gains.I, linear.epsilon_exponents.I and linear.window_exponents.0, where they are trained; untied clouds are linear.input_positions.I and linear.output_positions.I"
        ) { kind, index in
            switch kind {
            case "input_clouds": "linear.input_positions.\(index)"
            case "output_clouds": "linear.output_positions.\(index)"
            case "epsilon_exponents": "linear.epsilon_exponents.\(index)"
            case "window_exponents": "linear.window_exponents.\(index)"
            case "gains": "linear.gains.\(index)"
            case "clouds": "linear.positions.\(index)"
            // A bias has the number of its cloud.
            case "biases": "linear.biases.\(index - 1)"
            default: nil
            }
        })
}
