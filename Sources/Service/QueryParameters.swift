import Foundation
import Hummingbird

/// The parameters of a URL's query, in order. As in forms, a plus sign is a blank, and `%2B` a plus sign: most clients write blanks so.
struct QueryParameters: Sendable {
    private let all: [(name: String, value: String)]

    init(_ query: String?) {
        all = (query ?? "").split(separator: "&").map { part in
            let sides = part.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map { side in
                let text = side.replacing("+", with: " ")
                return text.removingPercentEncoding ?? String(text)
            }
            return (sides[0], sides.count > 1 ? sides[1] : "")
        }
    }

    /// The first value of a parameter; nil if it is absent.
    subscript(name: String) -> String? { all.first { $0.name == name }?.value }

    /// All values of a parameter.
    func getAll(_ name: String) -> [String] { all.filter { $0.name == name }.map(\.value) }
}

extension Request {
    var parameters: QueryParameters { QueryParameters(uri.query) }
}
