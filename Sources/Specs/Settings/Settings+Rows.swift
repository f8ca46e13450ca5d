/// Images, or nodes of a graph, in the passes of a run.
extension Settings {
    /// Training images that an epoch passes over.
    public var trainImages: Int { trainSamples ?? max(1, dataset.trainImages - keptBack) }

    /// Training images that are kept back for validation. A graph has other nodes for it.
    var keptBack: Int { dataset.nodes == nil ? validationSamples : 0 }

    /// Nodes of the graph, which every pass has all of; nil for a run on images.
    public var graphNodes: Int? { architecture.readsGraph ? dataset.nodes : nil }

    /// Rows of an epoch's training passes: images, or the nodes of a graph.
    public var trainRows: Int { graphNodes ?? trainImages }

    /// Rows of the passes that evaluate after each epoch.
    public var evaluatedRows: Int { graphNodes.map { $0 * (validationSamples > 0 ? 2 : 1) } ?? evaluatedImages }

    /// Rows of a step, but for a last one that may be short.
    public var stepRows: Int { graphNodes ?? min(batchSize, trainImages) }

    /// Test images that an evaluation passes over.
    public var testImages: Int { testSamples ?? dataset.testImages }

    /// Images that are evaluated after each epoch.
    public var evaluatedImages: Int { testImages + validationSamples }
}
