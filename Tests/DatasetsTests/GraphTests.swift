import Archives
import Foundation
import Testing

@testable import Datasets

@Suite("Graphs")
struct GraphTests {
    @Test("communities have as many nodes, classes and edges as their model says, and splits that do not meet")
    func communities() {
        let graph = Communities.generate()
        #expect(graph.nodes.count == 2_000 && graph.nodes.imageSize == 64)
        #expect(graph.train.count == 100 && graph.validation.count == 500 && graph.test.count == 1_000)
        #expect(Set(graph.train + graph.validation + graph.test).count == 1_600)
        let perClass = Dictionary(grouping: graph.train) { graph.nodes.labels[Int($0)] }
        #expect(perClass.count == 5 && perClass.values.allSatisfy { $0.count == 20 })
        // 399 nodes of one class and 1,600 of others: 6.0 and 4.0 neighbours.
        let within = graph.edges.count { graph.nodes.labels[$0.0] == graph.nodes.labels[$0.1] }
        #expect(abs(Double(2 * within) / 2_000 - 6) < 0.2)
        #expect(abs(Double(2 * (graph.edges.count - within)) / 2_000 - 4) < 0.2)
        let again = Communities.generate()
        #expect(again.nodes == graph.nodes && again.train == graph.train && again.edges.count == graph.edges.count)
    }

    private static let content = "31336\t0\t1\t0\tTheory\n1061127 1 1 0 Rule_Learning\n\n7 0 0 1 Theory\n"

    @Test("a citation graph is read from its text, tabs or blanks between the fields")
    func citations() throws {
        let parts = try CitationText.nodes(Self.content, count: 3, words: 3, classes: ["Rule_Learning", "Theory"], least: 1)
        let (ids, nodes) = (parts.ids, parts.nodes)
        #expect(ids == ["31336", "1061127", "7"] && nodes.labels == [1, 0, 1] && nodes.pixels == [0, 1, 0, 1, 1, 0, 0, 0, 1])
        let edges = try CitationText.edges("7\t31336\n31336 1061127\n", ids: ids, count: 2)
        #expect(edges.map { [$0.0, $0.1] } == [[2, 0], [0, 1]])
    }

    @Test("faults of a citation graph are named by line")
    func faults() {
        let classes = ["Theory"]
        for (text, reason) in [
            ("1 0 1 Theory", "has 4 fields; expected an id, 3 words and a class"),
            ("1 0 1 0 Art", "has an unknown class, \"Art\""),
            ("1 0 2 0 Theory", "has the word \"2\"; expected 0 or 1"),
            ("2 0 1 0 Theory", "has the id of an earlier line"),
        ] {
            #expect(throws: CitationText.Fault.line(2, reason)) {
                _ = try CitationText.nodes("2 0 1 0 Theory\n" + text, count: 2, words: 3, classes: classes, least: 1)
            }
        }
        #expect(throws: CitationText.Fault.count(expected: 2, found: 1, noun: "papers")) {
            _ = try CitationText.nodes("2 0 1 0 Theory\n", count: 2, words: 3, classes: classes, least: 1)
        }
        #expect(throws: CitationText.Fault.fewOfClass("Theory", expected: 20, found: 1)) {
            _ = try CitationText.nodes("2 0 1 0 Theory\n", count: 1, words: 3, classes: classes, least: 20)
        }
        #expect(throws: CitationText.Fault.line(1, "cites a paper that has no line among the nodes")) {
            _ = try CitationText.edges("1 5", ids: ["1"], count: 1)
        }
        #expect(throws: CitationText.Fault.line(2, "has 1 fields; expected two ids")) {
            _ = try CitationText.edges("1 1\n1", ids: ["1"], count: 2)
        }
        #expect(throws: CitationText.Fault.count(expected: 2, found: 1, noun: "citations")) {
            _ = try CitationText.edges("1 1", ids: ["1"], count: 2)
        }
    }
}

@Suite("A graph of papers in Cora's files")
struct CoraFilesTests {
    /// As many papers as its split needs.
    private static let kind = DatasetKind.cora.shrunk(to: 1_700)

    @Test("is read from the folder and from the archive, with one digest, whichever file comes first")
    func layouts() throws {
        let folder = try Scratch()
        try Self.kind.writeFolder(folder)
        let plain = DatasetFolder(root: folder.url)
        let dataset = try plain.load(Self.kind), digest = try plain.digest(Self.kind, cache: MemoryDigestCache())
        let graph = try #require(dataset.graph)
        #expect(graph.nodes.count == 1_700 && graph.edges.count == 1_700 && dataset.train.count == 140)
        #expect(dataset.train.imageSize == 1_433 && dataset.test.count == 1_000)
        try FileManager.default.removeItem(at: folder.url.appending(path: "cora"))
        // `members` has the files in reverse.
        try folder.write(Archives.gzip(Archives.tar(Self.kind.members())), "cora.tgz")
        let archive = try plain.load(Self.kind)
        #expect(archive.train == dataset.train && archive.test == dataset.test)
        #expect(try plain.digest(Self.kind, cache: MemoryDigestCache()) == digest)
    }

    @Test("names the file, the line and the remedy of a fault")
    func faults() throws {
        let folder = try Scratch()
        try Self.kind.writeFolder(folder)
        let cites = folder.url.appending(path: "cora/cora.cites")
        let text = try String(contentsOf: cites, encoding: .utf8)
        try text.replacing("\n", with: "\nunknown p1\n", maxReplacements: 1).write(
            to: cites, atomically: true, encoding: .utf8)
        let error = #expect(throws: DatasetError.self) { try DatasetFolder(root: folder.url).load(Self.kind) }
        #expect(
            "\(try #require(error))".hasSuffix(
                "cora/cora.cites: line 2 cites a paper that has no line among the nodes; "
                    + "delete the file and fetch it again with: pcnlab data fetch NAME"))
    }
}
