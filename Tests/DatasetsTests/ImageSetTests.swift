import Tensors
import Testing

@testable import Datasets

@Suite("Image sets")
struct ImageSetTests {
    /// Image i is filled with the level i.
    private func numbered(_ count: Int) -> ImageSet {
        ImageSet(
            channels: 2, height: 1, width: 2, pixels: (0..<count).flatMap { [UInt8](repeating: UInt8($0), count: 4) },
            labels: (0..<count).map { UInt8($0 % 7) })
    }

    @Test("A subset is pinned: the same images for every seed, in ascending order")
    func subset() throws {
        let subset = try numbered(100).subset(8, of: "cifar10", .train)
        #expect(subset.pixels.enumerated().filter { $0.offset % 4 == 0 }.map(\.element) == [5, 15, 41, 45, 49, 53, 66, 88])
        #expect(subset.labels == stride(from: 0, to: 32, by: 4).map { subset.pixels[$0] % 7 })
    }

    @Test("A larger subset holds the smaller, and splits and data sets have their own")
    func nested() throws {
        func chosen(_ count: Int, _ name: String, _ split: Split) throws -> Set<UInt8> {
            Set(try numbered(100).subset(count, of: name, split).pixels)
        }
        let ten = try chosen(10, "cifar10", .train)
        #expect(ten.count == 10)
        #expect(try chosen(30, "cifar10", .train).isSuperset(of: ten))
        #expect(try chosen(10, "cifar10", .test) != ten)
        #expect(try chosen(10, "cifar100", .train) != ten)
        #expect(try numbered(100).subset(100, of: "cifar10", .train) == numbered(100))
    }

    @Test("Requesting more images than there are, or none, is an error with both numbers", arguments: [0, -1, 101])
    func tooMany(_ count: Int) {
        let error = DatasetError.sampleCount(dataset: "mnist", split: .test, requested: count, available: 100)
        #expect(throws: error) { try numbered(100).subset(count, of: "mnist", .test) }
        #expect("\(error)".hasPrefix("test_samples: \(count) asked for"))
    }

    @Test("A subset is taken of each split")
    func dataset() throws {
        let dataset = Dataset(kind: .mnist, train: numbered(100), test: numbered(50))
        let cut = try dataset.subset(train: 20, test: nil)
        #expect(cut.train.count == 20 && cut.test.count == 50)
        #expect(cut.train == (try numbered(100).subset(20, of: "mnist", .train)))
    }

    @Test("Halving agrees with PyTorch's resize to the last grey level")
    func golden() throws {
        let file = try Safetensors(fixture: "resize-32-to-16")
        let images = ImageSet(
            channels: 3, height: 32, width: 32, pixels: try file.bytes("image"), labels: [0, 1])
        let halved = images.halved()
        #expect(halved.height == 16 && halved.width == 16 && halved.labels == [0, 1])
        #expect(halved.pixels == (try file.bytes("resized")))
    }

    @Test("Resizing to 227, channel by channel, agrees with PyTorch's but for one level at exact halves")
    func golden227() throws {
        let file = try Safetensors(fixture: "resize-32-to-227")
        let images = ImageSet(channels: 3, height: 32, width: 32, pixels: try file.bytes("image"), labels: [0, 1])
        let (expected, size) = (try file.bytes("resized"), 227 * 227)
        let (output, scratch) = (Tensor(2, 3 * size), Tensor(2, 3 * 227))
        let scale = PixelScale(scale: [1, 1, 1], offset: [0, 0, 0])
        images.interleave([0, 1], scale, Resampling(from: 32, to: 227), scratch: scratch.base, into: output.matrix)
        let ours = output.values
        var different = 0
        for image in 0..<2 {
            for channel in 0..<3 {
                for place in 0..<size {
                    let level = ours[(image * size + place) * 3 + channel]
                    let theirs = Float(expected[(image * 3 + channel) * size + place])
                    #expect(abs(level - theirs) <= 1)
                    different += level == theirs ? 0 : 1
                }
            }
        }
        #expect(different < 100, "exact halves are few")
        let half = PixelScale(scale: [0.5, 1, 2], offset: [1, 0, -1])
        images.interleave([1], half, Resampling(from: 32, to: 227), scratch: scratch.base, into: output.matrix)
        #expect((0..<3).allSatisfy { output.values[$0] == ours[3 * size + $0] * half.scale[$0] + half.offset[$0] })
    }

    @Test("Interleaving stores the channels of a pixel next to each other")
    func interleave() {
        let images = ImageSet(channels: 2, height: 2, width: 2, pixels: [1, 2, 3, 4, 5, 6, 7, 8], labels: [0])
        let output = Tensor(1, 8)
        images.interleave([0], PixelScale(scale: [1, 10], offset: [0, 1]), nil, scratch: output.base, into: output.matrix)
        #expect(output.values == [1, 51, 2, 61, 3, 71, 4, 81])
    }

    @Test("Halving rounds half to even for every sum of four levels")
    func rounding() {
        for sum in 0...1020 {
            let parts = (0..<4).map { UInt8((sum + $0) / 4) }
            let image = ImageSet(channels: 1, height: 2, width: 2, pixels: parts, labels: [0])
            #expect(Double(image.halved().pixels[0]) == (Double(sum) / 4).rounded(.toNearestOrEven))
        }
    }

    @Test("Raw inputs are the levels, unit inputs a 255th of them")
    func rawAndUnit() {
        let images = numbered(3)
        #expect(PixelScale(.raw, fittedTo: images) == PixelScale(scale: [1, 1], offset: [0, 0]))
        #expect(PixelScale(.unit, fittedTo: images) == PixelScale(scale: [1 / 255, 1 / 255], offset: [0, 0]))
    }

    @Test("Standard inputs have mean 0 and variance 1 in every channel of the train split")
    func standard() {
        let images = Shapes.generate(.train, count: 300).halved()
        let scale = PixelScale(.standard, fittedTo: images)
        let tensor = Tensor(300, 768)
        images.gather(ArraySlice((0..<300).map { Int32($0) }), scale, into: tensor.matrix)
        let rows = tensor.values
        for channel in 0..<3 {
            var (sum, squares) = (0.0, 0.0)
            for index in rows.indices where index / 256 % 3 == channel {
                sum += Double(rows[index])
                squares += Double(rows[index] * rows[index])
            }
            let mean = sum / (300 * 256)
            let variance = squares / (300 * 256) - mean * mean
            #expect(abs(mean) < 1e-5 && abs(variance - 1) < 1e-4)
        }
    }

    @Test("A channel that is the same everywhere is centred, not divided by zero")
    func constant() {
        let images = ImageSet(channels: 1, height: 1, width: 2, pixels: [9, 9, 9, 9], labels: [0, 1])
        #expect(PixelScale(.standard, fittedTo: images) == PixelScale(scale: [1], offset: [-9]))
    }

    @Test("Gathering writes the chosen rows in the chosen order, each channel with its own scale")
    func gather() {
        let tensor = Tensor(3, 5)
        tensor.assign([Float](repeating: -1, count: 15))
        let scale = PixelScale(scale: [2, 10], offset: [0.5, -1])
        numbered(5).gather([9, 4, 0, 4][1...], scale, into: tensor.matrix[columns: 0..<4])
        #expect(tensor.values == [8.5, 8.5, 39, 39, -1, 0.5, 0.5, -1, -1, -1, 8.5, 8.5, 39, 39, -1])
    }
}
