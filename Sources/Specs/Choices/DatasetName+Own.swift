/// A user's own data: a folder that a spec names as `path:DIR`.
extension DatasetName {
    /// What a spec's value begins with that names a folder.
    public static let pathPrefix = "path:"
    /// The most images of a split, and the largest side of an image.
    public static let imageLimit = 10_000_000, sideLimit = 1024

    /// A folder of images, named by its path. Nil if counts or sizes are beyond what the engine reads.
    /// - Parameters:
    ///   - folder: an absolute path.
    ///   - classNames: 2 to 256.
    public static func own(
        folder: String, classNames: [String], trainImages: Int, testImages: Int, channels: Int, side: Int
    ) -> DatasetName? {
        guard (2...256).contains(classNames.count), (1...imageLimit).contains(trainImages), (1...imageLimit).contains(testImages),
            (1...4).contains(channels), (1...sideLimit).contains(side),
            // A terabyte.
            trainImages * channels * side * side <= 1 << 40
        else { return nil }
        let label = Self.label(of: folder)
        return DatasetName(
            name: pathPrefix + folder, summary: "images in \(folder)", displayName: label, classNames: classNames,
            trainImages: trainImages, testImages: testImages, channels: channels, side: side, folder: folder)
    }

    /// The name in tables and file names: for own data, the folder's last component.
    public var label: String { folder == nil ? name : displayName }

    /// The name that is part of a run's identity and of the choice of a subset. A folder's path is not: the same images in another
    /// folder are the same data.
    public var identityName: String { folder == nil ? name : "path" }

    /// The folder that a spec's or a database's name of own data stands for; nil for other names.
    public static func folder(ofName name: String) -> String? {
        name.hasPrefix(pathPrefix) ? String(name.dropFirst(pathPrefix.count)) : nil
    }

    /// The label of the data set that a database names.
    public static func label(ofName name: String) -> String { folder(ofName: name).map { label(of: $0) } ?? name }

    /// These data sets in the order of the registry, then own ones by label and path.
    public static func inOrder(_ used: Set<DatasetName>) -> [DatasetName] {
        all.filter(used.contains)
            + used.filter { $0.folder != nil }.sorted { ($0.label, $0.name) < ($1.label, $1.name) }
    }

    /// The images of each split, channels, side and classes, as canonical settings store them.
    var shape: [Int] { [trainImages, testImages, channels, side, classes] }

    /// Own data as canonical settings describe it. Its classes are numbered: their names are in its folder.
    init?(folder: String, shape: [Int]) {
        guard shape.count == 5, (2...256).contains(shape[4]), !folder.isEmpty,
            let own = Self.own(
                folder: folder, classNames: (0..<shape[4]).map(String.init), trainImages: shape[0], testImages: shape[1],
                channels: shape[2], side: shape[3])
        else { return nil }
        self = own
    }

    /// A file name's worth of the last component that no data set of the registry has.
    private static func label(of folder: String) -> String {
        let last = folder.split(separator: "/").last.map(String.init) ?? ""
        let stem = last.lowercased().hasSuffix(".npz") ? String(last.dropLast(4)) : last
        let clean = stem.printable.unicodeScalars.prefix(60).map { $0 == " " ? "_" : $0 }
        let label = String(String.UnicodeScalarView(clean))
        return label.isEmpty || named(label) != nil ? "own-\(label)" : label
    }
}

/// Finds a user's own data for a spec.
public struct OwnDataLookup: Sendable {
    /// What is wrong with the folder.
    public struct Fault: Error, Hashable, Sendable {
        /// One sentence with the remedy.
        public let message: String
        /// Whether files are missing.
        public let isMissing: Bool

        public init(_ message: String, isMissing: Bool) { (self.message, self.isMissing) = (message, isMissing) }
    }

    let find: @Sendable (String) -> Result<DatasetName, Fault>

    /// - Parameter find: called with what a spec gives after `path:`.
    public init(_ find: @escaping @Sendable (String) -> Result<DatasetName, Fault>) { self.find = find }

    /// For places where no folder can be read.
    static let none = OwnDataLookup { _ in .failure(Fault("own data cannot be read here", isMissing: false)) }
}
