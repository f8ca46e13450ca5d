extension Linear {
    /// W = sin(ω·UVᵀ)/√n: the nearest relative of a PCN (arXiv 2403.19243).
    public static let sineLowRank = Linear(
        name: "sine_low_rank", summary: "W = sin(ω·UVᵀ)/√n, UVᵀ of rank d", settings: [.d, .omega], usesBLAS: false,
        symbol: "sin(ω·UVᵀ)",
        colour: LineColour(
            light: [(1, 0x3AAFA9), (16, 0x17706E), (512, 0x0B3B3A)], dark: [(1, 0xA6EDE8), (16, 0x45C2BC), (512, 0x1F7F7A)],
            dashes: 1),
        label: { "Sine\($0)" },
        parameters: Linear.lowRank.parameters,
        forward: { $0.inputs * $0.outputs },
        inputGradient: { $0.inputs * $0.outputs },
        // The dot products forward, and the gradients of U and V.
        perStep: { 3 * $0.d * $0.inputs * $0.outputs },
        workingFloats: Linear.pcn.workingFloats,
        export: LinearExport(
            inputAxis: .rows, summary: "linear.I.u (in, d), linear.I.v (out, d) with W = sin(ω·U·Vᵀ)/√in; linear.I.bias",
            name: Linear.lowRank.export.name))
}
