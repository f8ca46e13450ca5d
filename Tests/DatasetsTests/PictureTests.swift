import Archives
import Foundation
import Testing

@testable import Datasets

@Suite("A PNG picture")
struct PictureTests {
    private func read(_ bytes: [UInt8]) throws -> Picture { try PNGFile(bytes).picture }

    @Test("is read in every colour type and depth")
    func kinds() throws {
        let rgb = try read(png(width: 2, height: 1, colourType: 2, lines: [[1, 2, 3, 4, 5, 6]]))
        #expect(rgb.channels == 3 && rgb.pixels == [1, 4, 2, 5, 3, 6])
        #expect(try read(png(width: 2, height: 1, colourType: 6, lines: [[1, 2, 3, 9, 4, 5, 6, 9]])) == rgb)
        #expect(
            try read(png(width: 2, height: 1, depth: 16, colourType: 2, lines: [[1, 0, 2, 0, 3, 9, 4, 0, 5, 0, 6, 255]])) == rgb)
        #expect(try read(png(width: 2, height: 1, depth: 4, colourType: 3, lines: [[0x10]], palette: [4, 5, 6, 1, 2, 3])) == rgb)
        #expect(try read(png(width: 2, height: 2, colourType: 0, lines: [[7, 8], [9, 10]])).pixels == [7, 8, 9, 10])
        #expect(try read(png(width: 2, height: 1, colourType: 4, lines: [[7, 0, 8, 0]])).pixels == [7, 8])
        #expect(
            try read(png(width: 9, height: 1, depth: 1, colourType: 0, lines: [[0xA0, 0x80]])).pixels == [
                255, 0, 255, 0, 0, 0, 0, 0, 255,
            ])
        #expect(try read(png(width: 3, height: 1, depth: 2, colourType: 0, lines: [[0b0001_1000]])).pixels == [0, 85, 170])
    }

    @Test("is read with each filter, and interlaced")
    func filters() throws {
        let lines: [[UInt8]] = [[10, 5, 5], [1, 1, 1], [10, 3, 3], [2, 2, 2], [4, 250, 0]]
        let grey = try read(png(width: 3, height: 5, colourType: 0, lines: lines, filters: [1, 2, 0, 3, 4]))
        // Rows: sums to the left; plus the row above; as it is; plus half of left and above; plus Paeth's predictor.
        #expect(grey.pixels == [10, 15, 20, 11, 16, 21, 10, 3, 3, 7, 7, 7, 11, 5, 5])
        // Adam7 on 3×3: passes 1 (0,0), 4 (2,0), 5 (0,2) and (2,2), 6 (1,0) and (1,2), 7 the row 1.
        let adam = try read(
            png(width: 3, height: 3, colourType: 0, lines: [[1], [3], [7, 9], [2], [8], [4, 5, 6]], isInterlaced: true))
        #expect(adam.pixels == [1, 2, 3, 4, 5, 6, 7, 8, 9])
    }

    @Test("that is cut, damaged, too large or no PNG is an error, never a crash")
    func faults() throws {
        let good = png(width: 2, height: 2, colourType: 0, lines: [[7, 8], [9, 10]])
        for count in 0..<good.count { #expect(throws: PictureFault.self) { try read(Array(good[..<count])) } }
        for place in good.indices {
            var bytes = good
            bytes[place] ^= 4
            #expect(throws: PictureFault.self, "byte \(place)") { try read(bytes) }
        }
        #expect(throws: PictureFault.tooLarge(width: 100_000, height: 100_000, limit: PNGFile.pixelLimit)) {
            try read(png(width: 100_000, height: 100_000, colourType: 0, lines: []))
        }
        #expect(throws: PictureFault.unknownKind(depth: 4, colourType: 2)) {
            try read(png(width: 1, height: 1, depth: 4, colourType: 2, lines: [[1, 2]]))
        }
        #expect(throws: PictureFault.damaged(part: "PLTE")) {
            try read(png(width: 1, height: 1, colourType: 3, lines: [[2]], palette: [1, 2, 3]))
        }
        #expect(throws: PictureFault.damaged(part: "IDAT")) {
            try read(png(width: 2, height: 9, colourType: 0, lines: [[1, 2]]))
        }
    }

    @Test("is fitted to a data set: its middle square, resized as images are, grey or coloured")
    func fitted() throws {
        let wide = try read(png(width: 4, height: 2, colourType: 0, lines: [[9, 1, 3, 9], [9, 5, 8, 9]]))
        #expect(wide.fitted(channels: 1, side: 2) == [1, 3, 5, 8])
        #expect(wide.fitted(channels: 3, side: 1) == [4, 4, 4])
        let red = try read(png(width: 1, height: 1, colourType: 2, lines: [[255, 0, 0]]))
        #expect(red.fitted(channels: 1, side: 2) == [76, 76, 76, 76])
        // Half the side is the mean of four pixels, as a network's images are halved.
        let pixels = (0..<64).map { UInt8(($0 * 37) % 251) }
        let square = try read(png(width: 8, height: 8, colourType: 0, lines: (0..<8).map { Array(pixels[$0 * 8..<$0 * 8 + 8]) }))
        let halved = ImageSet(channels: 1, height: 8, width: 8, pixels: pixels, labels: [0]).halved()
        #expect(square.fitted(channels: 1, side: 4) == halved.pixels)
    }
}
