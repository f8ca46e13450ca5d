/// Points of one curve in order of x.
struct Polyline: Sendable {
    struct Point: Sendable, Equatable {
        let x: Double
        let y: Double
    }

    /// Segments without gaps: a value that cannot be drawn ends a segment.
    let pieces: [[Point]]

    init(_ points: [Point]) {
        pieces = points.split { !Self.canBeDrawn($0.y) }.map(Array.init)
    }

    /// Points that no line joins.
    init(dots: [Point]) {
        pieces = dots.filter { Self.canBeDrawn($0.y) }.map { [$0] }
    }

    /// Whether a value is finite, and small enough that an axis around it is finite.
    static func canBeDrawn(_ value: Double) -> Bool { abs(value) <= 1e300 }

    private init(pieces: [[Point]]) { self.pieces = pieces }

    var points: [Point] { pieces.flatMap { $0 } }
    var last: Point? { pieces.last?.last }

    /// Means over each `count` whole steps of x, which make a long noisy line readable.
    func means(over count: Int) -> Polyline {
        Polyline(
            pieces: grouped(by: count).map { groups in
                groups.map { Point(x: Self.mean($0.map(\.x)), y: Self.mean($0.map(\.y))) }
            })
    }

    /// The range that the means hide, as outlines: along the highest values of each segment and back along the lowest.
    func bands(over count: Int) -> [[Point]] {
        grouped(by: count).map { groups in
            let places = groups.map { Self.mean($0.map(\.x)) }
            let highest = zip(places, groups).map { x, group in Point(x: x, y: group.map(\.y).max() ?? 0) }
            let lowest = zip(places, groups).map { x, group in Point(x: x, y: group.map(\.y).min() ?? 0) }
            return highest + lowest.reversed()
        }
    }

    private func grouped(by count: Int) -> [[[Point]]] {
        pieces.map { piece in
            var groups: [[Point]] = []
            for point in piece {
                if let first = groups.last?.first, (Int(first.x) - 1) / count == (Int(point.x) - 1) / count {
                    groups[groups.count - 1].append(point)
                } else {
                    groups.append([point])
                }
            }
            return groups
        }
    }

    private static func mean(_ values: [Double]) -> Double {
        // Divide first: the sum of large losses may overflow.
        values.reduce(0) { $0 + $1 / Double(values.count) }
    }
}
