/// The ten outlines of the generated `shapes` data set, which can be distinguished at any angle and size.
///
/// The raw value is the label. Whether a point is inside is computed with + − × and comparisons only, so that every machine
/// draws the same pixels.
enum ShapeOutline: Int, CaseIterable, Sendable {
    case disc, ring, square, triangle, star, cross, crescent, heart, arrow, bar

    /// Whether the point (u, v) is inside the outline, which fills most of the unit disc; v points down.
    @inline(__always)
    func contains(_ u: Double, _ v: Double) -> Bool {
        switch self {
        case .disc: return u * u + v * v <= 0.72
        case .ring:
            let r = u * u + v * v
            return r <= 0.9 && r >= 0.3
        case .square: return abs(u) <= 0.72 && abs(v) <= 0.72
        case .triangle: return v <= 0.5 && Self.isBelowRoof(u, v, apex: -1, slope: Self.sqrt3)
        case .star: return Self.star(u, v)
        case .cross:
            return (abs(u) <= 0.27 && abs(v) <= 0.95) || (abs(v) <= 0.27 && abs(u) <= 0.95)
        case .crescent:
            let bite = u - 0.45
            return u * u + v * v <= 0.9 && bite * bite + v * v >= 0.5
        case .heart: return Self.heart(u, v)
        case .arrow:
            let head = v <= -0.05 && Self.isBelowRoof(u, v, apex: -0.95, slope: 1.2)
            return head || (abs(u) <= 0.22 && v > -0.05 && v <= 0.95)
        case .bar: return abs(u) <= 0.25 && abs(v) <= 0.95
        }
    }

    private static let sqrt3 = 1.7320508075688772

    /// Whether a point is below the two lines that fall from the apex (0, `apex`) to either side.
    @inline(__always)
    private static func isBelowRoof(_ u: Double, _ v: Double, apex: Double, slope: Double) -> Bool {
        v - apex >= slope * abs(u)
    }

    /// A five-pointed star: inside at least four of the five half-planes on which its edges lie.
    @inline(__always)
    private static func star(_ u: Double, _ v: Double) -> Bool {
        // Outward normals at −90° + 36° + k·72° (cosines and sines of multiples of 18°); each edge line is at distance
        // cos 72° from the centre.
        let inner = 0.30901699437494745
        var inside = 0
        if 0.5877852522924731 * u - 0.8090169943749475 * v <= inner { inside += 1 }
        if 0.9510565162951535 * u + 0.30901699437494745 * v <= inner { inside += 1 }
        if v <= inner { inside += 1 }
        if -0.9510565162951535 * u + 0.30901699437494745 * v <= inner { inside += 1 }
        if -0.5877852522924731 * u - 0.8090169943749475 * v <= inner { inside += 1 }
        return inside >= 4
    }

    /// The sextic (x² + y² − 1)³ ≤ x²y³, scaled into the unit disc, point down.
    @inline(__always)
    private static func heart(_ u: Double, _ v: Double) -> Bool {
        let x = u * 1.25
        let y = -v * 1.25 + 0.1
        let a = x * x + y * y - 1
        return a * a * a <= x * x * y * y * y
    }
}
