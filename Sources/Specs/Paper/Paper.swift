/// Results of the paper: Hetterich, "Point Cloud Network" (2023).
public enum Paper {
    /// One model's figures on one data set, as Table 1 prints them.
    public struct Row: Hashable, Sendable {
        /// The model: LinearNet-PCN16.
        public let model: String
        /// The data set.
        public let dataset: DatasetName
        /// Linear parameters in millions.
        let parametersInMillions: Double
        /// Top-1 accuracy on the train split, in per cent.
        public let trainAccuracy: Double
        /// Top-1 accuracy on the test split, in per cent.
        public let testAccuracy: Double
        /// Training loss at the end.
        public let finalLoss: Double
    }

    /// Table 1 in the paper's order, each model's CIFAR-10 row before its CIFAR-100 row.
    public static let table1: [Row] = [
        pair("LinearNet-PCN4", (0.024, 48.4, 46.0, 1.457), (0.025, 23.5, 20.9, 3.254)),
        pair("LinearNet-PCN8", (0.044, 53.4, 48.9, 1.314), (0.045, 26.2, 22.7, 3.105)),
        pair("LinearNet-PCN16", (0.083, 61.4, 53.0, 1.102), (0.084, 31.9, 26.1, 2.803)),
        pair("LinearNet-PCN32", (0.161, 66.9, 52.8, 0.961), (0.164, 39.1, 28.1, 2.462)),
        pair("LinearNet-MLP", (3.957, 96.8, 52.1, 0.206), (4.141, 78.7, 25.2, 1.017)),
        pair("ConvNet-PCN16", (0.035, 88.4, 60.0, 0.391), (0.037, 72.9, 26.1, 1.003)),
        pair("ConvNet-MLP", (1.06, 98.9, 58.1, 0.078), (1.152, 99.8, 27.3, 0.055)),
        pair("AlexNet-PCN16", (0.296, 85.7, 78.9, 0.409), (0.298, 51.6, 43.7, 1.776)),
        pair("AlexNet-MLP", (54.575, 84.1, 78.6, 0.456), (54.944, 52.5, 47.5, 1.756)),
    ].flatMap { $0 }

    /// The paper's row for a model on a data set.
    public static func row(model: String, dataset: DatasetName) -> Row? {
        table1.first { $0.model == model && $0.dataset == dataset }
    }

    private typealias Figures = (parameters: Double, train: Double, test: Double, loss: Double)

    private static func pair(_ model: String, _ cifar10: Figures, _ cifar100: Figures) -> [Row] {
        [(DatasetName.cifar10, cifar10), (.cifar100, cifar100)].map { dataset, figures in
            Row(
                model: model, dataset: dataset, parametersInMillions: figures.parameters,
                trainAccuracy: figures.train, testAccuracy: figures.test, finalLoss: figures.loss)
        }
    }
}
