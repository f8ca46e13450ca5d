import Crypto
import Specs
import Testing

@testable import Datasets

@Suite("Shapes")
struct ShapesTests {
    @Test("The pixels of version 1 are pinned, whatever the machine and its number of cores")
    func pinned() {
        let train = Shapes.generate(.train)
        let test = Shapes.generate(.test)
        #expect(train.count == 10_000 && test.count == 2_000 && train.imageSize == 3072)
        #expect(
            SHA256.hash(data: train.pixels).hexadecimal
                == "f7673af601bb531b93adac80b996b5c5955b82fcb6f5dfd1ba7a3709de086535")
        #expect(
            SHA256.hash(data: test.pixels).hexadecimal
                == "d37498129efb5493b6487096f32b2e66072b3cd6a1b7169a54c3e4b4af6bb934")
    }

    @Test("Every class has a tenth of each split")
    func balanced() {
        for split in Split.allCases {
            let labels = Shapes.generate(split, count: 200).labels
            for label in 0..<UInt8(10) { #expect(labels.filter { $0 == label }.count == 20) }
        }
    }

    @Test("The first images do not depend on how many are drawn, and the splits differ")
    func prefix() {
        let few = Shapes.generate(.train, count: 7)
        #expect(few.pixels == Array(Shapes.generate(.train, count: 230).pixels[..<few.pixels.count]))
        #expect(few.pixels != Shapes.generate(.test, count: 7).pixels)
    }

    @Test("Ten outlines cover different parts of the disc, none of them all or nothing")
    func outlines() {
        let steps = (0..<20).map { Double($0) / 10 - 0.95 }
        let masks = ShapeOutline.allCases.map { outline -> [Bool] in
            steps.flatMap { v in steps.map { u in outline.contains(u, v) } }
        }
        for (index, mask) in masks.enumerated() {
            let covered = mask.filter { $0 }.count
            #expect(covered >= 40 && covered <= 300, "\(ShapeOutline.allCases[index])")
            for other in masks[..<index] {
                let different = zip(mask, other).filter { $0.0 != $0.1 }.count
                #expect(different > 25)
            }
        }
        #expect(masks.count == 10)
    }

    @Test("No class can be recognised by its mean grey level")
    func means() {
        let images = Shapes.generate(.train, count: 5_000)
        var sums = [Int](repeating: 0, count: 10)
        for image in 0..<images.count {
            let pixels = images.pixels[image * images.imageSize..<(image + 1) * images.imageSize]
            sums[Int(images.labels[image])] += pixels.reduce(0) { $0 + Int($1) }
        }
        let means = sums.map { Double($0) / Double(500 * images.imageSize) }
        #expect(means.max()! - means.min()! < 15)
    }
}
