/// How the layers of the linear part are connected, for hidden widths w₁ … w_L.
public struct Structure: Choice {
    public let name: String
    public let summary: String

    /// One after the other, as in the paper.
    public static let chain = Structure(name: "chain", summary: "one layer after the other")
    /// Blocks side by side over the first hidden vector h: h + Σ Fᵢ(h), each Fᵢ of two layers with wᵢ neurons between them (Bermeitinger
    /// et al., "Make Deep Networks Shallow Again", 2023).
    public static let parallel = Structure(
        name: "parallel", summary: "the first hidden vector plus blocks over it, side by side, of the other widths")
    /// Blocks one after the other over a wide vector, a fixed random lift of the input to w₁: z ← z + F(z), each F of two layers with wᵢ
    /// neurons between them (Chen et al., "Rethinking the Shape Convention of an MLP", 2025).
    public static let hourglass = Structure(
        name: "hourglass", summary: "a fixed random lift to the first width, then blocks added to it, of the other widths")

    @TaskLocal public static var all: [Structure] = [.chain, .parallel, .hourglass]

    /// The widths between the linear layers in their order: a block goes to its width and back.
    func widths(inputs: Int, hidden: [Int], classes: Int) -> [Int] {
        guard self != .chain, let first = hidden.first else { return [inputs] + hidden + [classes] }
        let blocks = hidden.dropFirst().flatMap { [$0, first] }
        return (self == .hourglass ? [] : [inputs]) + [first] + blocks + [classes]
    }
}

extension Structure: SettingRepresentable {}
