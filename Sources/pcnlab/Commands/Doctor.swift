import ArgumentParser
import Datasets
import Foundation
import Lab
import Tensors

struct Doctor: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Show the libraries, the lab and the data sets, and what to do about what is wrong.")

    @OptionGroup var lab: LabOption

    @Flag(help: "Print JSON.")
    var json = false

    private struct Finding: Encodable {
        let subject: String
        let isFine: Bool
        let detail: String
        /// What to do; nil where nothing is wrong.
        let remedy: String?
    }

    func run() throws {
        try reporting {
            let findings = machine() + labFindings() + datasets()
            if json {
                Terminal.output.line(try JSONOutput.text(findings))
            } else {
                for finding in findings {
                    let mark = finding.isFine ? Colour.green.paint("ok", on: .output) : Colour.yellow.paint("!!", on: .output)
                    let name = finding.subject + String(repeating: " ", count: max(1, 12 - finding.subject.count))
                    Terminal.output.line("\(mark)  \(name)\(finding.detail.printable)")
                    if let remedy = finding.remedy { Terminal.output.line("                → \(remedy)") }
                }
            }
            if findings.contains(where: { $0.subject == "lab" && !$0.isFine }) { throw Exit.badData }
        }
    }

    private func machine() -> [Finding] {
        let cores = ProcessInfo.processInfo.activeProcessorCount
        let kernels = Kernels.current
        let asked = ProcessInfo.processInfo.environment[Kernels.variable]
        return [
            Finding(
                subject: "kernels", isFine: asked == nil, detail: "\(kernels.name), \(kernels.arithmetic) multiply-add",
                remedy: asked.map { "\(Kernels.variable)=\($0.printable) chooses them; unset it for the fastest" }),
            Finding(subject: "threads", isFine: true, detail: "\(cores) cores", remedy: nil),
            Finding(
                subject: "BLAS", isFine: true, detail: "\(BLAS.configuration), kernel \(BLAS.kernel); only `bench` uses it",
                remedy: nil),
            Finding(subject: "SQLite", isFine: true, detail: Lab.sqliteVersion, remedy: nil),
        ]
    }

    private func labFindings() -> [Finding] {
        do {
            let lab = try lab.open()
            let faults = try lab.integrityFaults()
            let counts = try lab.stateCounts()
            let states = counts.keys.sorted { $0.rawValue < $1.rawValue }.map { "\(counts[$0] ?? 0) \($0.rawValue)" }
            let detail = "\(lab.folder.path): " + (states.isEmpty ? "no runs" : states.joined(separator: ", "))
            if faults.isEmpty { return [Finding(subject: "lab", isFine: true, detail: detail, remedy: nil)] }
            return [
                Finding(
                    subject: "lab", isFine: false, detail: detail + "; " + faults.joined(separator: "; "),
                    remedy: "restore pcnlab.sqlite from a backup, or submit into a new lab with --lab DIR")
            ]
        } catch LabError.noLab(let folder) {
            return [
                Finding(subject: "lab", isFine: true, detail: "none at \(folder); `pcnlab submit FILE` makes one", remedy: nil)
            ]
        } catch {
            return [Finding(subject: "lab", isFine: false, detail: Failure(error).message, remedy: nil)]
        }
    }

    private func datasets() -> [Finding] {
        let folder = DatasetFolder.ofEnvironment
        return DatasetKind.all.map { kind in
            switch folder.locate(kind) {
            case .generated:
                return Finding(subject: kind.name, isFine: true, detail: "made by the program", remedy: nil)
            case .folder(let files):
                let place = files.first?.deletingLastPathComponent().path ?? folder.root.path
                return Finding(subject: kind.name, isFine: true, detail: place, remedy: nil)
            case .archive(let file):
                return Finding(subject: kind.name, isFine: true, detail: file.path, remedy: nil)
            case .missing(let root, _):
                return Finding(
                    subject: kind.name, isFine: false, detail: "not in \(root.path)", remedy: "pcnlab data fetch \(kind.name)")
            }
        }
    }
}
