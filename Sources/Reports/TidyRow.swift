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

    struct Unfinished: Encodable {
        let id: String
        let seed: Int
        let state: String
        let epoch: Int
        let epochs: Int
    }

    init(_ row: ReportTable.Row, _ cell: ReportTable.Cell) {
        model = row.model
        settings = row.deviations.map(\.text).joined(separator: ", ")
        (dataset, datasetDigest) = (cell.dataset.name, cell.datasetDigest)
        (linearParameters, paperLinearParameters) = (cell.trainableParameters, cell.paperParameters)
        convolutionParameters = cell.convolutionParameters
        seeds = cell.seeds
        (trainMean, trainDeviation) = (cell.train?.mean, cell.train?.deviation)
        (testMean, testDeviation) = (cell.test?.mean, cell.test?.deviation)
        (lossMean, lossDeviation) = (cell.loss?.mean, cell.loss?.deviation)
        paperTrain = cell.paper.map { $0.trainAccuracy / 100 }
        paperTest = cell.paper.map { $0.testAccuracy / 100 }
        paperLoss = cell.paper?.finalLoss
        trainDifference = difference(cell.train, cell.paper?.trainAccuracy)
        testDifference = difference(cell.test, cell.paper?.testAccuracy)
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
