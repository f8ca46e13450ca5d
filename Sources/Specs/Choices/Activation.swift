/// What follows the hidden layers of the linear part.
public struct Activation: Choice {
    public let name: String
    public let summary: String
    /// Trained numbers of each hidden layer.
    let parameters: Int

    /// As in the paper.
    public static let relu = Activation(name: "relu", summary: "max(0, x)", parameters: 0)
    /// A polynomial of ReLU with trained coefficients for each layer (PolyCom).
    public static let polyReLU = Activation(
        name: "poly_relu", summary: "a trained polynomial of ReLU of degree 3 for each layer", parameters: 4)

    @TaskLocal public static var all: [Activation] = [.relu, .polyReLU]
}

extension Activation: SettingRepresentable {}
