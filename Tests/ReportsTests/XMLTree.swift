import Foundation

#if canImport(FoundationXML)
    import FoundationXML
#endif

/// A document as an XML parser reads it: nil where it is not well formed.
final class XMLTree: NSObject, XMLParserDelegate {
    final class Node {
        let name: String
        let attributes: [String: String]
        var text = ""
        var children: [Node] = []

        init(_ name: String, _ attributes: [String: String] = [:]) {
            self.name = name
            self.attributes = attributes
        }

        /// This node and all below it.
        var all: [Node] { [self] + children.flatMap(\.all) }
        /// All text in it.
        var fullText: String { text + children.map(\.fullText).joined(separator: " ") }

        func named(_ name: String) -> [Node] { all.filter { $0.name == name } }
    }

    private let document = Node("document")
    private lazy var open = [document]

    static func read(_ source: String) -> Node? {
        let tree = XMLTree()
        let parser = XMLParser(data: Data(source.utf8))
        parser.delegate = tree
        return parser.parse() ? tree.document : nil
    }

    func parser(
        _ parser: XMLParser, didStartElement name: String, namespaceURI: String?, qualifiedName: String?,
        attributes: [String: String]
    ) {
        let node = Node(name, attributes)
        open.last?.children.append(node)
        open.append(node)
    }

    func parser(_ parser: XMLParser, didEndElement: String, namespaceURI: String?, qualifiedName: String?) { open.removeLast() }
    func parser(_ parser: XMLParser, foundCharacters text: String) { open.last?.text += text }
}
