import Specs

/// What is wrong with a folder of a user's own images, or with a file in it.
public enum OwnDataFault: Error, Equatable, Sendable {
    /// There is no such folder.
    case noFolder
    /// The folder holds neither IDX files nor `.npz` files.
    case noImages
    /// The folder lacks a file beside others.
    case fileMissing(String)
    /// Several files may be meant.
    case ambiguous([String])
    /// The bytes are not of the format that the name says; `detail` says what is wrong.
    case wrongFormat(format: String, detail: String)
    /// The archive has none of these arrays; it has `found`.
    case arrayMissing(expected: [String], found: [String])
    /// An array with elements of another type.
    case wrongType(found: String, expected: String)
    /// An array of another shape.
    case wrongShape(found: [Int], expected: String)
    /// Images that are not square.
    case notSquare(height: Int, width: Int)
    /// Images whose side is larger than the engine reads.
    case tooLarge(side: Int, limit: Int)
    /// A split without an image, or with more than the engine reads.
    case wrongCount(Int, limit: Int)
    /// Different numbers of images and labels.
    case countMismatch(images: Int, labels: Int)
    /// Test images of another size than the training images.
    case splitsDiffer(train: [Int], test: [Int])
    /// A label that is no class; `record` counts from 0.
    case labelOutOfRange(record: Int, label: Int, classes: Int)
    /// A number of classes that a network cannot have.
    case wrongClasses(Int)

    /// Whether files are missing.
    var isMissing: Bool {
        switch self {
        case .noFolder, .noImages, .fileMissing: true
        default: false
        }
    }
}

extension OwnDataFault: CustomStringConvertible {
    /// What is wrong and what would be right, to be placed after the file's name.
    public var description: String {
        switch self {
        case .noFolder: "there is no such folder; give the path of a folder of images, relative to the spec's folder"
        case .noImages: "holds no images; put train-images… and train-labels… in IDX format there, or a .npz file"
        case .fileMissing(let name): "has no \(name); each split needs images and labels, train and test"
        case .ambiguous(let names): "holds \(names.joined(separator: ", ").printable); keep one of them"
        case .wrongFormat(let format, let detail): "is not a whole \(format) file: \(detail); write it again"
        case .arrayMissing(let expected, let found):
            "has no array \(expected.joined(separator: " or ")), only \(found.isEmpty ? "none" : found.joined(separator: ", ").printable); "
                + "name the arrays x_train, y_train, x_test, y_test"
        case .wrongType(let found, let expected): "holds elements of type \(found.printable); save them as \(expected)"
        case .wrongShape(let found, let expected): "has the shape \(Self.shape(found)); expected \(expected)"
        case .notSquare(let height, let width):
            "has images of \(height)×\(width) pixels; make them square, by padding or resizing"
        case .tooLarge(let side, let limit): "has images of \(side)×\(side) pixels; resize them to at most \(limit)×\(limit)"
        case .wrongCount(let count, let limit): "has \(count.grouped) images; give 1 to \(limit.grouped)"
        case .countMismatch(let images, let labels):
            "has \(images.grouped) images, and there are \(labels.grouped) labels; give each image one label, in the same order"
        case .splitsDiffer(let train, let test):
            "has test images of \(Self.shape(test)) and training images of \(Self.shape(train)) (channels, height, width); "
                + "make them alike"
        case .labelOutOfRange(let record, let label, let classes):
            "label \(label) of record \(record) (counted from 0) is no class; labels are 0 to \(classes - 1)"
        case .wrongClasses(let count):
            "has \(count) class\(count == 1 ? "" : "es"); give labels of 2 to 256 classes, counted from 0"
        }
    }

    private static func shape(_ sizes: [Int]) -> String { sizes.isEmpty ? "()" : sizes.map(String.init).joined(separator: "×") }
}
