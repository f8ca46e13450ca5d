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
        let (ids, nodes) = try CitationText.nodes(Self.content, words: 3, classes: ["Rule_Learning", "Theory"])
        #expect(ids == ["31336", "1061127", "7"] && nodes.labels == [1, 0, 1] && nodes.pixels == [0, 1, 0, 1, 1, 0, 0, 0, 1])
        let edges = try CitationText.edges("7\t31336\n31336 1061127\n", ids: ids)
        #expect(edges.map { [$0.0, $0.1] } == [[2, 0], [0, 1]])
    }

    @Test("faults of a citation graph are named by line")
    func faults() {
        let classes = ["Theory"]
        for (text, reason) in [
            ("1 0 1 Theory", "has 4 fields; expected an id, 3 words and a class"),
            ("1 0 1 0 Art", "has the class \"Art\", which is not known"),
            ("1 0 2 0 Theory", "has the word \"2\"; expected 0 or 1"),
            ("2 0 1 0 Theory", "has the id 2 a second time"),
        ] {
            #expect(throws: CitationText.Fault(line: 2, reason: reason)) {
                try CitationText.nodes("2 0 1 0 Theory\n" + text, words: 3, classes: classes)
            }
        }
        #expect(throws: CitationText.Fault(line: 1, reason: "cites a paper that has no line among the nodes")) {
            try CitationText.edges("1 5", ids: ["1"])
        }
        #expect(throws: CitationText.Fault(line: 2, reason: "has 1 fields; expected two ids")) {
            try CitationText.edges("1 1\n1", ids: ["1"])
        }
    }
}
