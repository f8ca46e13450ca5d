/// Random numbers that are a pure function of (seed, purpose, epoch, index).
///
/// There is no generator state: a shuffle, an initial weight or a mask can be made again from the epoch's number alone,
/// so a checkpoint stores none of it and a resumed run draws what the uninterrupted one would have drawn.
/// The numbers are SplitMix64 over a counter, started at a key that mixes seed, purpose and epoch.
public struct RandomStream: Sendable {
    private let key: UInt64

    /// - Parameters:
    ///   - purpose: what the numbers are for, such as `"shuffle"` or `"init/cloud0"`; other purposes are independent.
    ///   - epoch: 0 for what happens once.
    public init(seed: UInt64, purpose: String, epoch: Int = 0) {
        var key = Self.mix(seed)
        for byte in purpose.utf8 { key = Self.mix(key ^ UInt64(byte)) }
        self.key = Self.mix(key ^ UInt64(epoch))
    }

    /// 64 uniform bits.
    @inlinable
    public func bits(_ index: Int) -> UInt64 { Self.mix(seedKey &+ UInt64(bitPattern: Int64(index)) &* Self.gamma) }

    /// Uniform in [0, 1), in steps of 2⁻²⁴.
    @inlinable
    public func uniform(_ index: Int) -> Float { Float(bits(index) >> 40) * 0x1p-24 }

    /// Uniform in [low, high).
    @inlinable
    public func uniform(_ index: Int, in range: Range<Float>) -> Float {
        range.lowerBound + uniform(index) * (range.upperBound - range.lowerBound)
    }

    /// Uniform among 0 ..< bound; the bias is below bound / 2⁶⁴.
    @inlinable
    public func integer(_ index: Int, below bound: Int) -> Int {
        Int(bits(index).multipliedFullWidth(by: UInt64(bound)).high)
    }

    /// A uniform permutation of 0 ..< count (Fisher–Yates).
    public func permutation(_ count: Int) -> [Int32] {
        var order = [Int32](0..<Int32(count))
        for last in stride(from: count - 1, to: 0, by: -1) {
            order.swapAt(last, integer(last, below: last + 1))
        }
        return order
    }

    @usableFromInline var seedKey: UInt64 { key }
    @usableFromInline static let gamma: UInt64 = 0x9E37_79B9_7F4A_7C15

    /// SplitMix64's finaliser (Steele, Lea and Flood 2014).
    @usableFromInline
    static func mix(_ value: UInt64) -> UInt64 {
        var z = value &+ gamma
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}
