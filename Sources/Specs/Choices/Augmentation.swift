/// A random change of the training images, of each image anew in each epoch.
public struct Augmentation: Choice {
    public let name: String
    public let summary: String

    /// The largest shift of `crop` in each direction, in pixels of the data set's images.
    public static let mostShift = 4

    /// Mirrored left to right with probability ½.
    public static let flip = Augmentation(name: "flip", summary: "mirrored left to right with probability ½")
    /// Shifted by a whole number of pixels from −4 to 4, across and down, with level 0 where the image was not.
    public static let crop = Augmentation(name: "crop", summary: "shifted by up to 4 pixels across and down, black at the edge")

    @TaskLocal public static var all: [Augmentation] = [.flip, .crop]
}

extension Augmentation: SettingElement {
    static func list(_ value: SettingValue) -> [Augmentation]? {
        guard case .texts(let names) = value else { return nil }
        return all.filter { names.contains($0.name) }
    }

    static func settingValue(_ list: [Augmentation]) -> SettingValue { .texts(list.map(\.name)) }
}
