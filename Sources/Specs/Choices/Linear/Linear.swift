/// How a model's linear part makes its weight matrices.
///
/// To add one: a file like those beside this one, a line in `all`, and in `Networks` the code that builds its layers, under
/// the same name.
public struct Linear: Choice {
    public let name: String
    public let summary: String
    /// The settings that it uses; the others are left out of its runs.
    let settings: WeightSettings
    /// Whether the weights themselves are stored and trained.
    public let isDense: Bool
    /// Whether its products are computed by BLAS: not where the weights are never stored.
    public let usesBLAS: Bool
    /// The weights in a formula: W, F(D), UVᵀ.
    public let symbol: String
    /// How a model's name ends, given d: PCN16.
    let label: @Sendable (_ d: Int) -> String
    /// Trainable parameters, biases included.
    public let parameters: @Sendable (LinearDimensions) -> Int
    /// Parameters that Table 1 counts though they have no effect.
    let untrainedParameters: @Sendable (LinearDimensions) -> Int
    /// Multiply-adds of a layer's forward pass for one image. The gradient of its inputs takes as many.
    let forward: @Sendable (LinearLayerDimensions) -> Int
    /// Multiply-adds of the gradient of a layer's weights for one image.
    let weightGradient: @Sendable (LinearLayerDimensions) -> Int
    /// Multiply-adds that a layer saves for one image if the gradient of its inputs is not needed.
    let inputGradient: @Sendable (LinearLayerDimensions) -> Int
    /// Multiply-adds of a layer that are made once a step, not once an image.
    let perStep: @Sendable (LinearLayerDimensions) -> Int
    /// Floats that a step needs beside parameters, gradients and activations, given the most rows of a pass.
    public let workingFloats: @Sendable (_ dimensions: LinearDimensions, _ rows: Int) -> Int
    /// How its parameters are exported.
    public let export: LinearExport
    /// The colour of its lines in plots.
    public let colour: LineColour

    init(
        name: String, summary: String, settings: WeightSettings = [], isDense: Bool = false, usesBLAS: Bool = true,
        symbol: String,
        colour: LineColour,
        label: @escaping @Sendable (_ d: Int) -> String, parameters: @escaping @Sendable (LinearDimensions) -> Int,
        untrainedParameters: @escaping @Sendable (LinearDimensions) -> Int = { _ in 0 },
        forward: @escaping @Sendable (LinearLayerDimensions) -> Int,
        inputGradient: @escaping @Sendable (LinearLayerDimensions) -> Int,
        weightGradient: (@Sendable (LinearLayerDimensions) -> Int)? = nil,
        perStep: @escaping @Sendable (LinearLayerDimensions) -> Int = { _ in 0 },
        workingFloats: @escaping @Sendable (LinearDimensions, Int) -> Int = { _, _ in 0 }, export: LinearExport
    ) {
        (self.name, self.summary, self.settings, self.isDense, self.symbol) = (name, summary, settings, isDense, symbol)
        (self.label, self.parameters, self.untrainedParameters) = (label, parameters, untrainedParameters)
        (self.forward, self.inputGradient, self.perStep, self.usesBLAS) = (forward, inputGradient, perStep, usesBLAS)
        self.weightGradient = weightGradient ?? forward
        (self.workingFloats, self.export, self.colour) = (workingFloats, export, colour)
    }

    @TaskLocal public static var all: [Linear] = [.pcn, .mlp, .lowRank, .sineLowRank, .neuralField, .randomFeatures, .groupMask]
}

/// The names that a linear part's parameters have in a PyTorch module, whose layers count from 0.
public struct LinearExport: Sendable {
    /// Which axis of the first exported tensor runs over the network's inputs.
    public enum InputAxis: Sendable { case rows, columns }

    /// Nil if no tensor has such an axis.
    public let inputAxis: InputAxis?
    /// The names and shapes, for help texts.
    public let summary: String
    let name: @Sendable (_ kind: Substring, _ index: Int) -> String?

    /// - Parameter name: the exported name of the parameter KIND.INDEX; nil for a parameter that is not the linear part's.
    init(
        inputAxis: InputAxis?, summary: String, name: @escaping @Sendable (_ kind: Substring, _ index: Int) -> String?
    ) {
        (self.inputAxis, self.summary, self.name) = (inputAxis, summary, name)
    }

    /// The exported name of a parameter; nil for a parameter that is not the linear part's.
    public func name(of parameter: String) -> String? {
        let parts = parameter.split(separator: ".")
        guard parts.count == 2, let index = Int(parts[1]) else { return nil }
        return name(parts[0], index)
    }
}

/// A line's colour on white and on a dark page, which may depend on d.
public struct LineColour: Sendable {
    /// A colour, 0xRRGGBB, at a value of d; between two stops colours are mixed by the logarithm of d.
    public typealias Stop = (d: Double, rgb: Int)

    public let light: [Stop]
    public let dark: [Stop]
    /// The pattern of dashes with which its lines begin: 0, unbroken, for the parts of the paper's figures. No eye tells as many colours
    /// apart as there are parts.
    public let dashes: Int

    /// - Precondition: at least one stop each, in order of d.
    init(light: [Stop], dark: [Stop], dashes: Int = 0) { (self.light, self.dark, self.dashes) = (light, dark, dashes) }
}
