/// Reads the images and labels of both splits from the official files.
enum DatasetReader {
    /// Reads and checks the whole data set.
    /// - Throws: ``DatasetError``
    static func read(_ content: OfficialContent) throws -> Dataset {
        let splits: [Split: ImageSet]
        switch content.kind.format {
        case .own(let url): return try OwnData(path: url.path).read()
        case .generated where content.kind == .communities:
            return Dataset(kind: content.kind, graph: Communities.generate())
        case .generated: splits = [.train: Shapes.generate(.train), .test: Shapes.generate(.test)]
        case .citations: return Dataset(kind: content.kind, graph: try readCitations(content))
        case .cifar(let labelRanges): splits = try readCifar(content, labelRanges)
        case .idx: splits = try readIDX(content)
        }
        guard let train = splits[.train], let test = splits[.test] else {
            preconditionFailure("a registered data set has files for both splits")
        }
        return Dataset(kind: content.kind, train: train, test: test)
    }

    private static func readCifar(_ content: OfficialContent, _ labelRanges: [Int]) throws -> [Split: ImageSet] {
        let kind = content.kind
        var pixels = [Split: [UInt8]]()
        var labels = [Split: [UInt8]]()
        for split in Split.allCases {
            pixels[split] = [UInt8](repeating: 0, count: kind.count(split) * kind.dataset.imageSize)
            labels[split] = [UInt8](repeating: 0, count: kind.count(split))
        }
        try content.forEachFile { file, name, source in
            let bytes = try records(file, of: kind, source, name: name)
            let records = CifarRecords(bytes: bytes, labelRanges: labelRanges, imageSize: kind.dataset.imageSize)
            // An archive may contain the files in any order, so each has a fixed place in the split.
            let before = kind.files.prefix { $0 != file }.filter { $0.split == file.split }
            try records.decode(
                first: before.reduce(0) { $0 + $1.count }, pixels: &pixels[file.split, default: []],
                labels: &labels[file.split, default: []], name: name)
        }
        return Dictionary(
            uniqueKeysWithValues: Split.allCases.map { split in
                (split, images(kind, pixels: pixels[split] ?? [], labels: labels[split] ?? []))
            })
    }

    /// The records of a file, whose length is known.
    static func records(_ file: OfficialFile, of kind: DatasetKind, _ source: any ByteSource, name: String) throws -> [UInt8] {
        guard let length = kind.length(of: file) else { preconditionFailure("records have a length") }
        return try source.bytes(expected: length, of: name)
    }

    private static func readCitations(_ content: OfficialContent) throws -> NodeGraph {
        let kind = content.kind
        var found = CitationText.Parts()
        var edges: (text: String, count: Int, name: String)?
        // An archive may hold the edges first, whose ids are those of the nodes.
        try content.forEachFile { file, name, source in
            if file.content == .edges {
                edges = (try text(file, of: kind, source, name), file.count, name)
            } else {
                found = try citations(file, of: kind, source, name: name)
            }
        }
        guard let edges else { preconditionFailure("a registered graph has edges") }
        do {
            return NodeGraph(
                nodes: found.nodes, edges: try CitationText.edges(edges.text, ids: found.ids, count: edges.count),
                of: kind.dataset)
        } catch let fault as CitationText.Fault { throw DatasetError.badGraph(file: edges.name, fault: fault) }
    }

    /// The nodes of a file of them; nothing of a file of edges but the check that each line has two ids.
    static func citations(
        _ file: OfficialFile, of kind: DatasetKind, _ source: any ByteSource, name: String
    ) throws -> CitationText.Parts {
        let text = try text(file, of: kind, source, name)
        do {
            guard file.content == .nodes else {
                try CitationText.checkEdges(text, count: file.count)
                return CitationText.Parts()
            }
            return try CitationText.nodes(
                text, count: file.count, words: kind.dataset.channels, classes: kind.dataset.classNames,
                least: kind.dataset.trainImages / kind.dataset.classes)
        } catch let fault as CitationText.Fault { throw DatasetError.badGraph(file: name, fault: fault) }
    }

    /// The text of a file, which is ASCII in an official one.
    private static func text(
        _ file: OfficialFile, of kind: DatasetKind, _ source: any ByteSource, _ name: String
    ) throws -> String {
        // Ids and classes are short: far longer lines are not such a file's.
        let line = 256 + (file.content == .nodes ? 2 * kind.dataset.channels : 0)
        guard let bytes = try source.bytes(upTo: file.count * line) else {
            throw DatasetError.badGraph(file: name, fault: .tooLong)
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    private static func readIDX(_ content: OfficialContent) throws -> [Split: ImageSet] {
        let kind = content.kind
        var read = [Split: [IDXFile]]()
        try content.forEachFile { file, name, source in
            let shape = file.content == .images ? [file.count, kind.dataset.side, kind.dataset.side] : [file.count]
            read[file.split, default: []].append(try IDXFile(source, name: name, expected: shape))
        }
        return try Dictionary(
            uniqueKeysWithValues: read.map { split, files in
                let images = files.first { $0.shape.count == 3 }
                let labels = files.first { $0.shape.count == 1 }
                guard let images, let labels else {
                    preconditionFailure("a registered IDX split has images and labels")
                }
                return (split, try join(images, labels, count: kind.count(split), of: kind))
            })
    }

    /// Combines the images of a split with their labels, and checks their number.
    private static func join(_ images: IDXFile, _ labels: IDXFile, count: Int, of kind: DatasetKind) throws -> ImageSet {
        guard images.shape[0] == labels.shape[0] else {
            throw DatasetError.countMismatch(
                images: images.name, imageCount: images.shape[0], labels: labels.name, labelCount: labels.shape[0])
        }
        guard images.shape[0] == count else {
            let expected = [count, kind.dataset.side, kind.dataset.side]
            throw DatasetError.wrongShape(file: images.name, expected: expected, found: images.shape)
        }
        if let record = labels.bytes.firstIndex(where: { $0 >= kind.dataset.classes }) {
            throw DatasetError.labelOutOfRange(
                file: labels.name, record: record, label: Int(labels.bytes[record]), allowed: 0...kind.dataset.classes - 1)
        }
        return self.images(kind, pixels: images.bytes, labels: labels.bytes)
    }

    private static func images(_ kind: DatasetKind, pixels: [UInt8], labels: [UInt8]) -> ImageSet {
        ImageSet(
            channels: kind.dataset.channels, height: kind.dataset.side, width: kind.dataset.side, pixels: pixels, labels: labels)
    }
}
