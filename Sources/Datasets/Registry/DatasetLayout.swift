import Foundation

/// How the records of a data set's files are written.
public enum DatasetEncoding: Equatable, Sendable {
    /// As the official binary version has them, or MNIST's IDX files.
    case binary
    /// CIFAR's Python version: pickled dictionaries. They are read as the equivalent binary records.
    case pickle
}

/// One of the ways in which a data set may lie in the datasets folder.
struct DatasetLayout {
    /// Folders below the datasets folder, the usual one first. Upper and lower case may differ.
    let folders: [String]
    /// Archives in the datasets folder, the usual one first.
    let archives: [String]
    let encoding: DatasetEncoding
    /// The folder's name in the archive.
    let archiveFolder: String
    /// The names that an official file may have in a folder, the usual one first.
    let names: @Sendable (OfficialFile) -> [String]

    /// All layouts of a data set, the official one first.
    static func all(of kind: DatasetKind) -> [DatasetLayout] {
        switch kind.format {
        case .generated, .own: return []
        case .idx:
            return [
                DatasetLayout(
                    // torchvision has MNIST/raw.
                    folders: [kind.folder, "\(kind.folder)/raw"], archives: [], encoding: .binary, archiveFolder: ""
                ) { file in
                    // Windows' unpackers turn the dash before idx into a dot.
                    let names = [file.name, file.name.replacing("-idx", with: ".idx")]
                    return names.flatMap { [$0, $0 + ".gz"] }
                }
            ]
        case .citations:
            return [
                DatasetLayout(
                    folders: [kind.folder], archives: archives(kind.folder), encoding: .binary, archiveFolder: kind.folder
                ) { [$0.name, $0.name + ".gz"] }
            ]
        case .cifar:
            let archive = kind.downloads.first.map { String($0.path.dropLast(".tar.gz".count)) } ?? kind.folder
            let python =
                kind.folder.hasSuffix("-bin") ? kind.folder.dropLast(3) + "py" : kind.folder.replacing("binary", with: "python")
            return [
                DatasetLayout(
                    folders: [kind.folder], archives: archives(archive), encoding: .binary, archiveFolder: kind.folder
                ) { [$0.name, $0.name + ".gz"] },
                DatasetLayout(
                    folders: [python], archives: archives(archive.replacing("binary", with: "python")), encoding: .pickle,
                    archiveFolder: python
                ) { [$0.pickleName, $0.pickleName + ".gz"] },
            ]
        }
    }

    private static func archives(_ name: String) -> [String] { [".tar.gz", ".tgz", ".tar"].map { name + $0 } }
}

extension OfficialFile {
    /// The file's name in CIFAR's Python version: without `.bin`.
    var pickleName: String { name.hasSuffix(".bin") ? String(name.dropLast(4)) : name }
}

/// Finds files whose names may differ in upper and lower case.
enum NearbyFile {
    /// The place of a path below a folder: the path as it is written, else the only one that differs in case alone. Nil if there is
    /// none or several.
    static func find(_ path: String, in folder: URL) -> URL? {
        var place = folder
        for component in path.split(separator: "/").map(String.init) {
            let exact = place.appendingPathComponent(component)
            if FileManager.default.fileExists(atPath: exact.path) {
                place = exact
                continue
            }
            let names = (try? FileManager.default.contentsOfDirectory(atPath: place.path)) ?? []
            let near = names.filter { $0.lowercased() == component.lowercased() }
            guard near.count == 1 else { return nil }
            place.appendPathComponent(near[0])
        }
        return place
    }

    /// The same for a regular file.
    static func findFile(_ path: String, in folder: URL) -> URL? {
        guard let url = find(path, in: folder) else { return nil }
        var isFolder: ObjCBool = false
        let exists = FileManager.default.fileExists(atPath: url.path, isDirectory: &isFolder)
        return exists && !isFolder.boolValue ? url : nil
    }

    /// What in a folder looks like a data set by its name, for messages: at most three.
    static func lookalikes(of dataset: String, in folder: URL) -> [String] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
        let near = names.filter { name in
            let letters = name.lowercased().filter { $0.isLetter || $0.isNumber }
            guard let place = letters.range(of: dataset) else { return false }
            // cifar100 is not cifar10.
            return letters[place.upperBound...].first?.isNumber != true
        }
        return Array(near.sorted().prefix(3))
    }
}
