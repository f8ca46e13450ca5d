import Foundation
import Lab
import Reports
import Specs

/// A folder of results that others can read into their labs: `runs.json`, the curves in `curves`, and perhaps `checkpoints`.
package struct ResultsFolder {
    package let url: URL

    package init(_ url: URL) { self.url = url }

    /// What `runs.json` holds.
    private struct Contents: Codable {
        /// Version of the program that wrote it.
        let program: String
        /// The machine that wrote it, without its name.
        let processor: String
        let cores: Int
        let runs: [PublishedRun]
    }

    /// The files to write, by their paths relative to the folder.
    /// - Parameters:
    ///   - runs: without trials of searches, whose test accuracies nobody may see.
    ///   - checkpoints: those that were copied, by the runs' ids.
    package static func files(
        _ lab: Lab, _ runs: [RunSummary], checkpoints: [String: PublishedCheckpoint], program: String
    ) throws -> [(path: String, text: String)] {
        var files: [(path: String, text: String)] = []
        // A search is not published, and a lab that has its name for another experiment refuses it.
        let searches = try lab.searchNames().map { Array($0.utf8) }
        let published = try CurveFile.files(of: runs, experiment: "curves").map { file in
            // A run in training may have new rows since `run` was read.
            let run = file.run, rows = try lab.epochs(of: run.id).prefix(run.epoch), checkpoint = checkpoints[run.id]
            files.append((file.path, PublishedCurve.text(Array(rows), isExact: checkpoint != nil)))
            return PublishedRun(
                run, experiments: run.experiments.filter { !searches.contains(Array($0.utf8)) }, curve: file.path,
                seconds: rows.reduce(0) { $0 + $1.seconds }, attempts: try lab.attempts(of: run.id),
                checkpoint: checkpoint)
        }
        let contents = Contents(
            program: program, processor: Self.processor, cores: ProcessInfo.processInfo.processorCount, runs: published)
        return files + [("runs.json", try JSONOutput.text(contents) + "\n")]
    }

    /// Whether a path of `runs.json` is one within the folder, links included; another one is not followed.
    func isWithin(_ path: String) -> Bool {
        guard !path.hasPrefix("/"), !path.split(separator: "/").contains("..") else { return false }
        let root = url.resolvingSymlinksInPath().path
        return url.appending(path: path).resolvingSymlinksInPath().path.hasPrefix(root.hasSuffix("/") ? root : root + "/")
    }

    /// The runs of the folder, with their curves, and their checkpoints where it has them.
    /// - Throws: `Failure` that names the file and what is wrong in it.
    package func read() throws -> [(run: ImportedRun, checkpoint: PublishedCheckpoint?)] {
        let file = url.appending(path: "runs.json"), name = file.relativePath
        let data = try self.data(file), contents: Contents
        do {
            contents = try JSONDecoder().decode(Contents.self, from: data)
        } catch let error as DecodingError {
            let sentence = Self.sentence(error, data)
            throw Failure("\(name.printable): \(sentence); expected what `pcnlab publish` writes", status: .badData)
        }
        var ids: Set<String> = []
        return try contents.runs.map { run in
            let imported: (String) -> Failure = { Failure("\(name.printable): run \(run.id.printable): \($0)", status: .badData) }
            guard ids.insert(run.id).inserted else { throw imported("the file has it twice") }
            guard isWithin(run.curve) else {
                throw imported("curve is \(run.curve.printable); expected a path within the folder")
            }
            let curve = url.appending(path: run.curve)
            let rows = try PublishedCurve.rows(String(decoding: try self.data(curve), as: UTF8.self), file: curve.relativePath)
            let made = run.imported(rows)
            guard made.run.id == run.id else {
                throw imported("its settings and data are those of run \(made.run.id); was the file changed by hand?")
            }
            if let fault = run.fault { throw imported(fault) }
            let expected = run.final == nil ? run.epoch : made.run.settings.epochs
            guard run.epoch == expected else { throw imported("epoch is \(run.epoch); expected \(expected), as it is completed") }
            guard rows.count == expected else {
                throw imported("its curve has \(Format.count(rows.count, "epoch")); expected \(expected.grouped)")
            }
            if let checkpoint = run.checkpoint { try check(checkpoint, of: run, imported) }
            return (made, run.checkpoint)
        }
    }

    /// More than a list of ten thousand runs, or a curve of a million epochs, has.
    private static let mostBytes = 256 << 20

    private func data(_ file: URL) throws -> Data {
        let name = file.relativePath.printable
        var status = stat()
        // Reading a pipe would wait for a writer.
        if stat(file.path, &status) == 0 {
            guard status.st_mode & S_IFMT == S_IFREG else { throw Failure("\(name): is no file", status: .badData) }
            guard status.st_size <= Self.mostBytes else {
                throw Failure(
                    "\(name): has \(Int(status.st_size).grouped) bytes; expected \(Self.mostBytes.grouped) at most",
                    status: .badData)
            }
        }
        do {
            return try Data(contentsOf: file)
        } catch {
            throw Failure("\(name): cannot be read: \(error.systemReason); is the path right?", status: .missingFile)
        }
    }

    private static func sentence(_ error: DecodingError, _ data: Data) -> String {
        switch error {
        case .keyNotFound(let key, let context):
            "\(path(context.codingPath + [key])) is missing"
        case .typeMismatch(_, let context), .valueNotFound(_, let context):
            context.codingPath.isEmpty ? "is no object" : "\(path(context.codingPath)): \(context.debugDescription)".printable
        case .dataCorrupted(let context) where context.codingPath.isEmpty:
            // A number that does not fit its field is refused in the same way, without the field.
            (try? JSONSerialization.jsonObject(with: data)) == nil
                ? "is no JSON" : "has a number that does not fit its field, such as 5.5 for a count"
        case .dataCorrupted(let context): "\(path(context.codingPath)): \(context.debugDescription)".printable
        @unknown default: "cannot be read"
        }
    }

    private static func path(_ keys: [any CodingKey]) -> String {
        keys.map { $0.intValue.map { "[\($0)]" } ?? ".\($0.stringValue)" }.joined().drop { $0 == "." }.description.printable
    }

    /// The processor's model, as Linux names it.
    private static var processor: String {
        let text = (try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8)) ?? ""
        let line = text.split(separator: "\n").first { $0.hasPrefix("model name") }
        return line?.split(separator: ":").last.map { $0.trimmingCharacters(in: .whitespaces) } ?? "unknown"
    }
}
