import ArgumentParser
import Datasets
import Foundation
import Lab
import Operations
import Specs
import Tensors

struct Doctor: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Show the libraries, the lab, its cluster and the data sets, and what to do about what is wrong.",
        discussion: """
            With --repair, what is wrong with the lab is put right where that can be done; the database as it was stays beside it. \
            Exit code 65: something about the lab is wrong, still.
            """)

    @OptionGroup var lab: LabOption

    @Flag(help: "Put right what is wrong with the lab.")
    var repair = false

    @Flag(help: "Print JSON.")
    var json = false

    func run() throws {
        try reporting {
            let examined =
                LabExamination(folder: lab.url, repairs: repair).findings() + ClusterExamination(folder: lab.url).findings()
            let findings = machine() + storage() + examined + datasets() + ownData()
            if json {
                Terminal.output.line(try JSONOutput.text(findings))
            } else {
                for line in Finding.lines(findings) { Terminal.output.line(line) }
            }
            if findings.contains(where: { $0.subject == "lab" && !$0.isFine }) { throw Exit.badData }
        }
    }

    private func machine() -> [Finding] {
        let cores = ProcessInfo.processInfo.activeProcessorCount
        return [
            kernels,
            .fine("threads", "\(cores) cores"),
            blas,
            .fine("SQLite", Lab.sqliteVersion),
        ]
    }

    private var blas: Finding {
        let detail = "\(BLAS.configuration), kernel \(BLAS.kernel)"
        if let override = BLASEnvironment.override { return .wrong("BLAS", detail, remedy: override) }
        guard let replaced = BLAS.replacedKernel else { return .fine("BLAS", detail) }
        return .fine("BLAS", detail + ", in place of \(replaced), which does not use this processor's vectors")
    }

    private var kernels: Finding {
        let variable = Kernels.variable, value = ProcessInfo.processInfo.environment[variable] ?? ""
        if let refusal = Kernels.refusal {
            return .wrong("kernels", refusal, remedy: "unset \(variable) for the fastest kernels")
        }
        let detail = "\(Kernels.current.name), \(Kernels.current.arithmetic) multiply-add"
        if value.isEmpty { return .fine("kernels", detail) }
        return .wrong("kernels", detail, remedy: "\(variable)=\(value) selects them; unset it for the fastest kernels")
    }

    private func storage() -> [Finding] {
        let refusal = FileSystem.refusal(at: lab.url).map {
            Finding.wrong("lab", "nothing can be written to \(lab.url.path): \($0)", remedy: "make it writable")
        }
        let network = FileSystem.network(at: lab.url).map {
            Finding.wrong("storage", "the lab is on \($0)", remedy: FileSystem.remedy)
        }
        return [refusal, network].compactMap { $0 }
    }

    /// Own data that queued runs need, where it cannot be read.
    private func ownData() -> [Finding] {
        // What is wrong with the lab itself is found elsewhere.
        guard let lab = try? Lab(lab.url), let names = try? lab.ownDatasets() else { return [] }
        defer { try? lab.close() }
        return names.compactMap { name in
            var filter = RunFilter(state: .queued, datasets: [name])
            filter.limit = 1
            guard let run = try? lab.listing(filter).runs.first, let folder = run.settings.dataset.folder else { return nil }
            do {
                if !FileManager.default.fileExists(atPath: folder) {
                    throw Failure("\(folder): there is no such folder", Exit.missingFile)
                }
                _ = try OwnData(path: folder).describe()
                return nil
            } catch {
                let count = (try? lab.stateCounts(RunFilter(state: .queued, datasets: [name]))[.queued]) ?? 1
                return .wrong(
                    run.settings.dataset.label,
                    "\(Failure(error).message); \(Format.count(count, "queued run")) \(count == 1 ? "needs" : "need") it"
                        .printable,
                    remedy: "put it back, or submit the spec with its new path")
            }
        }
    }

    private func datasets() -> [Finding] {
        let folder = DatasetFolder.ofEnvironment
        return DatasetKind.all.map { kind in
            switch folder.locate(kind) {
            case .generated: .fine(kind.name, "made by the program")
            case .folder(let files, _): .fine(kind.name, files.first?.deletingLastPathComponent().path ?? folder.root.path)
            case .archive(let file, _): .fine(kind.name, file.path)
            case .missing(let root, _): .wrong(kind.name, "not in \(root.path)", remedy: "pcnlab data fetch \(kind.name)")
            }
        }
    }
}
