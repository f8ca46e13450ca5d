import Tensors

extension ImageSet {
    /// The first `count` images of a permutation that depends on the data set's name and the split only, in their original order:
    /// the same images for every seed, and a larger subset contains every smaller one.
    /// - Throws: ``DatasetError/sampleCount(dataset:split:requested:available:)``
    public func subset(_ count: Int, of dataset: String, _ split: Split) throws -> ImageSet {
        guard count >= 1, count <= self.count else {
            throw DatasetError.sampleCount(dataset: dataset, split: split, requested: count, available: self.count)
        }
        if count == self.count { return self }
        return selecting(Self.order(self.count, of: dataset, split).prefix(count).sorted().map(Int.init))
    }

    /// The last `count` images of the same permutation, in their original order. A subset of the others has none of them.
    /// - Throws: ``DatasetError/sampleCount(dataset:split:requested:available:)``
    public func keptBack(_ count: Int, of dataset: String, _ split: Split) throws -> ImageSet {
        guard count >= 1, count < self.count else {
            throw DatasetError.sampleCount(dataset: dataset, split: split, requested: count, available: self.count - 1)
        }
        return selecting(Self.order(self.count, of: dataset, split).suffix(count).sorted().map(Int.init))
    }

    private static func order(_ count: Int, of dataset: String, _ split: Split) -> [Int32] {
        RandomStream(seed: 0, purpose: "subset/\(dataset)/\(split)").permutation(count)
    }

    /// The images at these indices, in this order.
    /// - Precondition: every index is in 0 ..< count.
    func selecting(_ indices: [Int]) -> ImageSet {
        var chosen = [UInt8]()
        chosen.reserveCapacity(indices.count * imageSize)
        for index in indices { chosen += pixels[index * imageSize..<(index + 1) * imageSize] }
        return ImageSet(
            channels: channels, height: height, width: width, pixels: chosen, labels: indices.map { labels[$0] })
    }
}
