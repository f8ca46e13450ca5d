import Specs

/// All values of a cell, for the formats that programs read. Accuracies are fractions 0…1.
struct TidyRow: Encodable {
    let model: String
    let settings: String
    let dataset: String
    let datasetDigest: String
    let linearParameters: Int
    let paperLinearParameters: Int
    let convolutionParameters: Int
    /// Of the network that a compressed run ends with.
    let compressedParameters: Int?
    let compressedStored: Int?
    let seeds: [Int]
    let trainMean: Double?
    let trainDeviation: Double?
    let testMean: Double?
    let testDeviation: Double?
    let lossMean: Double?
    let lossDeviation: Double?
    let paperTrain: Double?
    let paperTest: Double?
    let paperLoss: Double?
    let trainDifference: Double?
    let testDifference: Double?
    let unfinished: [Unfinished]
    /// Every setting, beside the text `settings` of those that differ from the paper's.
    let all: SharedSettings

    struct Unfinished: Encodable {
        let id: String
        let seed: Int
        let state: String
        let epoch: Int
        let epochs: Int
    }

    /// The names of the values, the same in every format, in the order of CSV's columns.
    enum Name: String, CodingKey, CaseIterable {
        case model, settings, dataset
        case linearParameters = "linear_parameters"
        case paperLinearParameters = "paper_linear_parameters"
        case convolutionParameters = "convolution_parameters"
        case compressedParameters = "compressed_parameters"
        case compressedStored = "compressed_stored_parameters"
        case seeds
        case trainMean = "train_mean"
        case trainDeviation = "train_deviation"
        case testMean = "test_mean"
        case testDeviation = "test_deviation"
        case lossMean = "loss_mean"
        case lossDeviation = "loss_deviation"
        case paperTrain = "paper_train"
        case paperTest = "paper_test"
        case paperLoss = "paper_loss"
        case trainDifference = "train_difference"
        case testDifference = "test_difference"
        case unfinished
        case datasetDigest = "dataset_digest"
    }

    enum Value {
        case text(String)
        /// Nil if there is none: null in JSON, empty in CSV.
        case whole(Int?)
        /// Nil if it is not known: null in JSON, empty in CSV.
        case real(Double?)
        case wholes([Int])
        case runs([Unfinished])
    }

    func value(_ name: Name) -> Value {
        switch name {
        case .model: .text(model)
        case .settings: .text(settings)
        case .dataset: .text(dataset)
        case .linearParameters: .whole(linearParameters)
        case .paperLinearParameters: .whole(paperLinearParameters)
        case .convolutionParameters: .whole(convolutionParameters)
        case .compressedParameters: .whole(compressedParameters)
        case .compressedStored: .whole(compressedStored)
        case .seeds: .wholes(seeds)
        case .trainMean: .real(trainMean)
        case .trainDeviation: .real(trainDeviation)
        case .testMean: .real(testMean)
        case .testDeviation: .real(testDeviation)
        case .lossMean: .real(lossMean)
        case .lossDeviation: .real(lossDeviation)
        case .paperTrain: .real(paperTrain)
        case .paperTest: .real(paperTest)
        case .paperLoss: .real(paperLoss)
        case .trainDifference: .real(trainDifference)
        case .testDifference: .real(testDifference)
        case .unfinished: .runs(unfinished)
        case .datasetDigest: .text(datasetDigest)
        }
    }

    func encode(to encoder: any Encoder) throws {
        var object = encoder.container(keyedBy: Name.self)
        for name in Name.allCases {
            switch value(name) {
            case .text(let text): try object.encode(text, forKey: name)
            case .whole(let whole): try object.encode(whole, forKey: name)
            case .real(let real): try object.encode(real, forKey: name)
            case .wholes(let wholes): try object.encode(wholes, forKey: name)
            case .runs(let runs): try object.encode(runs, forKey: name)
            }
        }
        try all.encode(to: encoder)
    }

    init(_ row: ReportTable.Row, _ cell: ReportTable.Cell) {
        model = row.model
        settings = row.deviations.map(\.text).joined(separator: ", ")
        (dataset, datasetDigest) = (cell.dataset.label, cell.datasetDigest)
        (linearParameters, paperLinearParameters) = (cell.trainableParameters, cell.paperParameters)
        convolutionParameters = cell.convolutionParameters
        (compressedParameters, compressedStored) = (cell.compressed?.trained, cell.compressed?.stored)
        seeds = cell.seeds
        (trainMean, trainDeviation) = (cell.train?.mean, cell.train?.deviation)
        (testMean, testDeviation) = (cell.test?.mean, cell.test?.deviation)
        (lossMean, lossDeviation) = (cell.loss?.mean, cell.loss?.deviation)
        paperTrain = cell.paper.map { $0.trainAccuracy / 100 }
        paperTest = cell.paper.map { $0.testAccuracy / 100 }
        paperLoss = cell.paper?.finalLoss
        trainDifference = difference(cell.train, cell.paper?.trainAccuracy)
        testDifference = difference(cell.test, cell.paper?.testAccuracy)
        all = SharedSettings((cell.finished + cell.unfinished).map(\.reportedSettings))
        unfinished = cell.unfinished.map {
            Unfinished(id: $0.id, seed: $0.settings.seed, state: $0.state.rawValue, epoch: $0.epoch, epochs: $0.epochs)
        }
    }
}

/// Our mean minus the paper's percentage, as a fraction.
private func difference(_ ours: Statistics?, _ paper: Double?) -> Double? {
    guard let ours, let paper else { return nil }
    return ours.mean - paper / 100
}

extension ReportTable {
    var tidyRows: [TidyRow] {
        rows.flatMap { row in datasets.compactMap { row.cells[$0] }.map { TidyRow(row, $0) } }
    }
}
