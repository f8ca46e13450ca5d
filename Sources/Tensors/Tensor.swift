import Foundation

/// A float32 array of fixed shape in row-major order, aligned to 64 bytes, zero at first.
///
/// It owns its memory and never moves, so that views (`Matrix`) stay valid as long as the tensor lives.
///
/// `@unchecked Sendable`: the engine hands tensors only to tiles that write disjoint parts, and `Workers.forEach` joins all
/// tiles of a pass before the next pass reads what they wrote.
public final class Tensor: @unchecked Sendable {
    public let shape: [Int]
    public let count: Int
    public let base: UnsafeMutablePointer<Float>

    public convenience init(_ shape: Int...) { self.init(shape) }

    public init(_ shape: [Int]) {
        precondition(shape.allSatisfy { $0 >= 0 }, "a shape has no negative sides: \(shape)")
        self.shape = shape
        count = shape.reduce(1, *)
        // One block more than asked: vector loops may read a whole block past the end.
        let bytes = (count * MemoryLayout<Float>.stride + 127) / 64 * 64
        let memory = UnsafeMutableRawPointer.allocate(byteCount: bytes, alignment: 64)
        memset(memory, 0, bytes)
        base = memory.bindMemory(to: Float.self, capacity: bytes / MemoryLayout<Float>.stride)
    }

    deinit { base.deallocate() }

    /// A copy of the elements in row-major order.
    public var values: [Float] { Array(UnsafeBufferPointer(start: base, count: count)) }

    /// The elements in row-major order, valid only as long as the tensor lives.
    public var elements: UnsafeMutableBufferPointer<Float> { UnsafeMutableBufferPointer(start: base, count: count) }

    /// The tensor as a matrix of its first side by all the others.
    public var matrix: Matrix {
        let rows = shape.first ?? 1
        let columns = rows == 0 ? 0 : count / rows
        return Matrix(base: base, rows: rows, columns: columns, stride: columns)
    }

    /// Sets every element to 0.
    public func clear() { memset(base, 0, count * MemoryLayout<Float>.stride) }

    /// Copies `values` in; their number must be the tensor's.
    public func assign(_ values: some Collection<Float>) {
        precondition(values.count == count, "\(values.count) values for shape \(shape)")
        _ = elements.initialize(fromContentsOf: values)
    }

    /// Fills with uniform numbers in [-bound, bound), a pure function of the stream.
    public func fill(_ stream: RandomStream, bound: Float) {
        for index in 0..<count { base[index] = stream.uniform(index, in: -bound..<bound) }
    }
}
