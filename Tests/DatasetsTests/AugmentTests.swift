import Specs
import Testing

@testable import Datasets

@Suite("Augmented images")
struct AugmentTests {
    /// 300 images of 2 channels, whose pixels are their places from 1; images are at least as large as the largest shift.
    private let images = ImageSet(
        channels: 2, height: 6, width: 7, pixels: (0..<300).flatMap { _ in (1...84).map(UInt8.init) },
        labels: (0..<300).map { UInt8($0 % 10) })

    /// The image moved and mirrored by the definition.
    private func changed(across: Int, down: Int, isMirrored: Bool) -> [UInt8] {
        (0..<84).map { place in
            let (channel, y, x) = (place / 42, place % 42 / 7 - down, place % 7 - across)
            guard (0..<6).contains(y), (0..<7).contains(x) else { return 0 }
            return UInt8(1 + channel * 42 + y * 7 + (isMirrored ? 6 - x : x))
        }
    }

    private func pictures(_ augmentations: [Augmentation], epoch: Int = 1, seed: UInt64 = 1) -> [[UInt8]] {
        let found = images.augmented([Int32](0..<300)[...], by: augmentations, seed: seed, epoch: epoch)
        #expect(found.labels == images.labels)
        return (0..<300).map { Array(found.pixels[$0 * 84..<($0 + 1) * 84]) }
    }

    @Test("are mirrored about half of the time, and else unchanged")
    func flips() {
        let found = pictures([.flip]), plain = changed(across: 0, down: 0, isMirrored: false)
        let mirrored = changed(across: 0, down: 0, isMirrored: true)
        #expect(found.allSatisfy { $0 == plain || $0 == mirrored })
        #expect((110...190).contains(found.count { $0 == mirrored }))
    }

    @Test("are shifted by all of −4…4 pixels in both directions, with black where the image was not")
    func crops() {
        let shifts = (-4...4).flatMap { across in (-4...4).map { (across, $0) } }
        let known = shifts.map { changed(across: $0, down: $1, isMirrored: false) }
        let found = pictures([.crop]), places = found.map { known.firstIndex(of: $0) }
        #expect(places.allSatisfy { $0 != nil })
        #expect(
            Set(places.compactMap { $0.map { shifts[$0].0 } }).count == 9
                && Set(places.compactMap { $0.map { shifts[$0].1 } }).count == 9)
    }

    @Test("are other ones in another epoch and with another seed, and unchanged without augmentations")
    func streams() {
        let first = pictures([.flip, .crop])
        #expect(first == pictures([.crop, .flip]) && first != pictures([.flip, .crop], epoch: 2))
        #expect(first != pictures([.flip, .crop], seed: 2))
        #expect(pictures([]).allSatisfy { $0 == changed(across: 0, down: 0, isMirrored: false) })
    }
}
