import Datasets
import Networks
import Specs
import Tensors

/// A run's weights for other programs, with metadata. `WeightFormat` writes them; the command is `Export`.
///
/// The linear part's tensors are called `linear.…`, as a PyTorch module with an attribute `linear` has them; others keep the
/// names of their parameters.
public struct WeightExport: Sendable {
    public let tensors: [PortableTensor]
    public let metadata: [String: String]
    public let settings: Settings
    /// How pixels become inputs; nil in an export of weights alone.
    public let scale: PixelScale?

    /// - Parameters:
    ///   - expanded: exports every layer as a dense one: `linear.i.weight` (m, n) and `linear.i.bias` (m),
    ///     `features.i.weight` (O, C, k, k) and `features.i.bias` (O).
    ///   - scale: for a format that is a model.
    ///   - metadata: added to the settings, the place in training, and the amplitudes of F where the settings do not give them.
    /// - Throws: `Safetensors.Failure` for a checkpoint that is not of these settings.
    public init(
        _ settings: Settings, _ checkpoint: Safetensors, expanded: Bool, scale: PixelScale? = nil,
        metadata: [String: String] = [:]
    ) throws {
        (self.settings, self.scale) = (settings, scale)
        let compressed = CompressedShape(settings, metadata: checkpoint.metadata)
        let stack = settings.linearStack(batch: 1, compressed: compressed)
        let plan = settings.networkPlan(batch: 1, linear: stack, compressed: compressed)
        try checkpoint.load(weightsOf: plan.parameters)
        let features =
            expanded || settings.convolution?.isDense != false
            ? plan.layers.flatMap(\.parts).flatMap { Self.tensors($0, expanded: expanded) }
            : plan.parameters.dropLast(stack.parameters.count + plan.activations.count).map { PortableTensor($0.name, $0) }
        var linear = expanded ? Self.dense(stack) : Self.stored(stack, settings.linear)
        // The linear part reads the features' output as one vector.
        let sides = settings.featureSides.last?.output, positions = sides.map { $0.height * $0.width } ?? 1
        if let read = plan.featureOutput, positions > 1 {
            let order = Flattening(positions: positions, channels: read.count / positions)
            switch (expanded ? Linear.mlp : settings.linear).export.inputAxis {
            case .columns?:
                // What is over components is not over positions; the components and their mean are.
                if let components = linear.firstIndex(where: { $0.name == "linear.0.components" }) {
                    linear[components] = linear[components].reordered(columns: order)
                    linear[components + 1] = linear[components + 1].reordered(rows: order)
                } else {
                    linear[0] = linear[0].reordered(columns: order)
                }
            case .rows?: linear[0] = linear[0].reordered(rows: order)
            case nil: break
            }
        }
        tensors =
            features + linear.map { $0.named(settings.portableName($0.name)) }
            + plan.activations.map { PortableTensor("linear.\($0.name)", $0) }
            + plan.constants.map { PortableTensor("linear.\($0.name).weight", $0) }
        var known = [
            // PyTorch's own readers look for this.
            "format": "pt", "model": settings.model, "settings": settings.canonicalJSON,
            "linear": expanded ? Linear.mlp.name : settings.linear.name,
            "widths": (expanded ? stack.widths : settings.layerWidths).map(String.init).joined(separator: " "),
        ]
        if !expanded, settings.regulariser != Settings.Default.regulariser {
            // They depend on the initial clouds, which the file does not have.
            let convolutions = plan.layers.compactMap { ($0 as? any ConvolutionLayer)?.amplitude }
            for (key, values) in [("amplitudes", stack.amplitudes), ("features.amplitudes", convolutions)] where !values.isEmpty {
                known[key] = values.map { "\($0)" }.joined(separator: " ")
            }
        }
        for key in ["epoch", "batch"] { known[key] = checkpoint.metadata[key] }
        self.metadata = known.merging(metadata) { _, given in given }
    }

    /// What a layer of the features has, its kernels in PyTorch's order.
    private static func tensors(_ layer: any Layer, expanded: Bool) -> [PortableTensor] {
        let convolution = layer as? any ConvolutionLayer
        let kernels = convolution.map { Self.kernels(expanded ? $0 : $0.stored) } ?? []
        let others = layer.plainParameters + (expanded ? [] : layer.frozenParameters)
        return kernels + others.map { PortableTensor($0.name, $0) }
    }

    /// A convolution as a dense one.
    private static func kernels(_ layer: any ConvolutionLayer) -> [PortableTensor] {
        [PortableTensor(layer.name + ".weight", kernelsOf: layer)]
            + [layer.bias].compactMap(\.self).map { PortableTensor(layer.name + ".bias", $0) }
    }

    /// Every parameter as it is stored.
    private static func stored(_ stack: LinearStack, _ linear: Linear) -> [PortableTensor] {
        // Masks, which have no names there, are in the zeros of the weights.
        (stack.parameters.filter { $0.isTrained || linear.export.name(of: $0.name) != nil } + stack.constants).map {
            PortableTensor(linear.export.name(of: $0.name) ?? $0.name, $0)
        }
    }

    /// The layers as dense ones.
    private static func dense(_ stack: LinearStack) -> [PortableTensor] {
        stack.layers.enumerated().flatMap { index, layer in
            [
                PortableTensor("linear.\(index).weight", weightOf: layer),
                PortableTensor("linear.\(index).bias", layer.exportedBias),
            ]
        }
    }
}

extension Settings {
    /// The exported name of a tensor of the linear part. A graph convolution has PyTorch Geometric's, as a module with the attributes `conv1`,
    /// `conv2`, … has them, where each map is one layer.
    func portableName(_ name: String) -> String {
        guard architecture.readsGraph, linear != .randomFeatures, let match = name.wholeMatch(of: #/linear\.(\d+)\.(\w+)/#),
            let index = Int(match.1)
        else { return name }
        return "conv\(index + 1)." + (match.2 == "bias" ? "bias" : "lin.\(match.2)")
    }
}
