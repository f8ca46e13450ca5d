import ArgumentParser
import Datasets
import Foundation
import Operations
import Specs
import Synchronization

struct DataCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "data", abstract: "List, fetch and check data sets.", subcommands: [List.self, Fetch.self, Verify.self])

    /// The data sets that a command names; all data sets if it names none.
    struct Names: ParsableArguments {
        @Argument(help: "Data sets, or path:DIR for your own (default: all).")
        var names: [DatasetKind] = []

        var kinds: [DatasetKind] { names.isEmpty ? DatasetKind.all : names }
    }

    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Show which data sets are available.")
        @OptionGroup var names: Names

        @Flag(help: "Print JSON.")
        var json = false

        private struct Line: Encodable {
            let name: String
            let title: String
            let train: Int
            let test: Int
            let classes: Int
            let state: String
            let path: String?
            let downloadBytes: Int
            let terms: String

            init(_ kind: DatasetKind, _ location: DatasetLocation) {
                (name, title, classes, terms) = (kind.name, kind.dataset.displayName, kind.dataset.classes, kind.terms)
                (train, test) = (kind.count(.train), kind.count(.test))
                downloadBytes = kind.downloadBytes
                switch location {
                case .generated: (state, path) = ("made by the program", nil)
                case .folder(let files, _): (state, path) = ("there", files.first?.deletingLastPathComponent().path)
                case .archive(let file, _): (state, path) = ("there, as archive", file.path)
                case .missing: (state, path) = ("missing", nil)
                }
            }
        }

        func run() throws {
            try reporting {
                let folder = DatasetFolder.ofEnvironment
                let lines = names.kinds.map { Line($0, folder.locate($0)) }
                if json { return Terminal.output.line(try JSONOutput.text(lines)) }
                var table = TextTable([
                    .left("data set"), .right("train"), .right("test"), .right("classes"), .left("state"), .left("place"),
                    .left("terms"),
                ])
                for line in lines {
                    let remedy = "pcnlab data fetch \(line.name) (\(ProgressLine.bytes(Int64(line.downloadBytes))))"
                    table.add([
                        .init(line.name), .init(line.train.grouped), .init(line.test.grouped),
                        .init("\(line.classes)"), .init(line.state, line.state == "missing" ? .yellow : .green),
                        .init(line.state == "missing" ? remedy : line.path ?? ""), .init(line.terms),
                    ])
                }
                for line in table.lines(for: .output) { Terminal.output.line(line) }
            }
        }
    }

    struct Fetch: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Download data sets from their official sites. Resumes interrupted downloads and checks the official MD5.")
        @OptionGroup var names: Names

        func run() throws {
            try reporting {
                let folder = DatasetFolder.ofEnvironment
                for kind in names.kinds {
                    if folder.locate(kind).isPresent {
                        Terminal.error.line("\(kind.name): is there already")
                        continue
                    }
                    if case .own(let url) = kind.format {
                        throw Failure(
                            "\(url.path.printable): is not there, and your own data cannot be fetched", Exit.missingFile)
                    }
                    let display = FetchDisplay()
                    try folder.fetch(kind) { display.show($0, $1) }
                    display.end()
                    Terminal.error.line("\(kind.name): fetched to \(folder.root.path)")
                }
            }
        }
    }

    struct Verify: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Read data sets completely, and compare them with the official content.",
            discussion: """
                Official are the official pictures with their labels, in any order and in every layout that is read. Exit code 65: \
                something else was found. What differs is named by file and record, counted from 0.
                """)
        @OptionGroup var names: Names

        func run() throws {
            try reporting {
                let folder = DatasetFolder.ofEnvironment
                // Without names: all that are available.
                let kinds = names.kinds.filter { !names.names.isEmpty || folder.locate($0).isPresent }
                var failures: [Failure] = [], isOther = false
                for kind in kinds {
                    do {
                        let report = try folder.verify(kind)
                        let content: String
                        switch report.isOfficial {
                        case true?: content = Colour.green.paint("good", on: .output) + ", the official content, "
                        case false?: content = Colour.red.paint("not the official content", on: .output) + ", "
                        case nil: content = "good, "
                        }
                        isOther = isOther || report.isOfficial == false
                        Terminal.output.line(
                            "\(kind.dataset.label): \(content)\(report.trainCount.grouped) train and \(report.testCount.grouped) "
                                + "test \(kind.dataset.nodes == nil ? "images" : "nodes"), SHA-256 \(report.digest)")
                        for remark in report.remarks { Terminal.output.line("  \(remark)".printable) }
                    } catch { failures.append(Failure(error)) }
                }
                if let first = failures.first {
                    throw Failure(failures.map(\.message).joined(separator: "\n"), first.code)
                }
                if isOther { throw Exit.badData }
            }
        }
    }
}

/// A progress bar that is redrawn in a terminal. Elsewhere it prints a line for every 10 %.
private final class FetchDisplay: Sendable {
    private let terminal = Terminal.error
    private let tenth = Mutex(-1)

    func show(_ download: OfficialDownload, _ event: FetchEvent) {
        let name = download.url.lastPathComponent
        switch event {
        case .progress(let progress):
            if terminal.isTerminal {
                terminal.write("\r" + ProgressLine.bar(name: name, progress, width: terminal.columns - 1) + "\u{1B}[K")
            } else {
                let part = Int((progress.fraction ?? 0) * 10)
                let isNew = tenth.withLock { old in
                    defer { old = part }
                    return old != part
                }
                if isNew { terminal.line(ProgressLine.plain(name: name, progress)) }
            }
        case .retrying(let error, let seconds):
            end()
            terminal.line("\(name): \(error); trying again in \(Format.duration(seconds))")
        }
    }

    func end() { if terminal.isTerminal { terminal.line() } }
}
