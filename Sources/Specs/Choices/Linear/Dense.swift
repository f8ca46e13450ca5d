extension Linear {
    /// Stored weights, as in an ordinary multilayer perceptron.
    public static let mlp = Linear(
        name: "mlp", summary: "stored", isDense: true, symbol: "W",
        colour: LineColour(light: [(1, 0x20242C)], dark: [(1, 0xF1F3F5)]),
        label: { _ in "MLP" },
        parameters: { $0.layers.map { $0.inputs * $0.outputs }.reduce(0, +) + $0.biases },
        forward: { $0.inputs * $0.outputs },
        inputGradient: { $0.inputs * $0.outputs },
        export: LinearExport(
            inputAxis: .columns,
            summary: "linear.I.weight (out, in), linear.I.bias: `self.linear = nn.ModuleList(nn.Linear(n, m) …)`"
        ) { kind, index in
            switch kind {
            case "weights": "linear.\(index).weight"
            case "biases": "linear.\(index - 1).bias"
            case "components": "linear.\(index).components"
            case "means": "linear.\(index).mean"
            default: nil
            }
        })
}
