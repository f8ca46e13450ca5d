extension Architecture {
    /// No features; images at 16×16, flattened.
    public static let linearnet = Architecture(
        name: "linearnet", summary: "a linear part alone, on images at 16×16", displayName: "LinearNet",
        hiddenWidths: [1024, 1024, 2048],
        // Colour images are halved to 16×16; MNIST's 28×28 grey pixels are read as they are.
        inputSide: { $0.side == 32 ? 16 : $0.side })

    /// Four convolutions of stride 2 and global max pooling.
    public static let convnet = Architecture(
        name: "convnet", summary: "four convolutions of stride 2", displayName: "ConvNet",
        features: [
            .convolution(channels: 32, kernel: 7, stride: 2, padding: 3),
            .convolution(channels: 128, kernel: 3, stride: 2, padding: 1),
            .convolution(channels: 512, kernel: 3, stride: 2, padding: 1),
            .convolution(channels: 1024, kernel: 3, stride: 2, padding: 1),
            .globalMaxPool,
        ],
        hiddenWidths: [1024], inputSide: \.side)

    /// AlexNet's features, for images resized to 227×227, and its dropout.
    public static let alexnet = Architecture(
        name: "alexnet", summary: "AlexNet's features, on images at 227×227, and dropout", displayName: "AlexNet",
        features: [
            .convolution(channels: 64, kernel: 11, stride: 4, padding: 2), .maxPool(kernel: 3, stride: 2),
            .convolution(channels: 192, kernel: 5, stride: 1, padding: 2), .maxPool(kernel: 3, stride: 2),
            .convolution(channels: 384, kernel: 3, stride: 1, padding: 1),
            .convolution(channels: 256, kernel: 3, stride: 1, padding: 1),
            .convolution(channels: 256, kernel: 3, stride: 1, padding: 1), .maxPool(kernel: 3, stride: 2),
            .averagePool(side: 6),
        ],
        hiddenWidths: [4096, 4096], dropout: 0.5, dropped: .allButLast, inputSide: { _ in 227 })
}
