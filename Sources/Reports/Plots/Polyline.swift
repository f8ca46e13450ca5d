/// Points of one curve in order of x.
struct Polyline: Sendable {
    struct Point: Sendable, Equatable {
        let x: Double
        let y: Double
    }

    /// Pieces without a gap: a value that is not finite ends one, and the next begins behind it.
    let pieces: [[Point]]

    init(_ points: [Point]) {
        pieces = points.split { !$0.y.isFinite }.map(Array.init)
    }

    private init(pieces: [[Point]]) { self.pieces = pieces }

    var points: [Point] { pieces.flatMap { $0 } }
    var last: Point? { pieces.last?.last }

    /// The same line with fewer points: of those within one step of `step` in x only the first, the lowest, the highest and
    /// the last, so that no extreme is lost. Pieces that have few points for their length stay as they are.
    func decimated(step: Double) -> Polyline {
        Polyline(
            pieces: pieces.map { piece in
                guard let first = piece.first, let last = piece.last, Double(piece.count) > 4 * (last.x - first.x) / step else {
                    return piece
                }
                return Self.groups(piece, step: step).flatMap { group in
                    let heights = group.map(\.y)
                    let lowest = heights.indices.min { heights[$0] < heights[$1] } ?? 0
                    let highest = heights.indices.max { heights[$0] < heights[$1] } ?? 0
                    return Set([0, lowest, highest, group.count - 1]).sorted().map { group[$0] }
                }
            })
    }

    private static func groups(_ piece: [Point], step: Double) -> [[Point]] {
        var groups: [[Point]] = []
        for point in piece {
            if let first = groups.last?.first, (first.x / step).rounded(.down) == (point.x / step).rounded(.down) {
                groups[groups.count - 1].append(point)
            } else {
                groups.append([point])
            }
        }
        return groups
    }
}
