import Datasets
import Foundation
import Specs
import Synchronization

/// The bytes of a spec's file, up to the size limit of specs.
package func readSpecText(_ file: String) throws -> Data {
    let limit = 4 << 20
    var bytes = Data()
    do {
        guard let handle = FileHandle(forReadingAtPath: file) else { throw CocoaError(.fileReadNoSuchFile) }
        while bytes.count <= limit, let part = try handle.read(upToCount: limit + 1 - bytes.count), !part.isEmpty {
            bytes += part
        }
    } catch {
        throw Failure("\(file.printable): cannot be read; is the path right?", status: .missingFile)
    }
    guard bytes.count <= limit else {
        throw Failure("\(file.printable): is larger than 4 MiB, and so no spec; give a smaller file", status: .badData)
    }
    return bytes
}

/// Reads a spec's file, and looks at the own data that it names.
package func readSpec(_ file: String) throws -> Experiment {
    let bytes = try readSpecText(file)
    let folder = URL(fileURLWithPath: file).deletingLastPathComponent()
    // A spec may name a folder many times, and all of its images are read.
    let known = Mutex<[String: Result<DatasetName, OwnDataLookup.Fault>]>([:])
    return try Experiment.decode(
        bytes, file: file,
        ownData: OwnDataLookup { path in
            if let found = known.withLock({ $0[path] }) { return found }
            let found = describe(URL(fileURLWithPath: path, relativeTo: folder).standardizedFileURL)
            known.withLock { $0[path] = found }
            return found
        })
}

/// A folder of own data, or what is wrong with it.
private func describe(_ url: URL) -> Result<DatasetName, OwnDataLookup.Fault> {
    do {
        return .success(try OwnData(path: url.path).describe())
    } catch let error as DatasetError {
        return .failure(.init("\(error)", isMissing: error.isMissingFile))
    } catch {
        return .failure(.init("\(url.path.printable): \(error)", isMissing: false))
    }
}
