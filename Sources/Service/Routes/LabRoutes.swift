import Foundation
import HTTPTypes
import Hummingbird
import Lab
import NIOCore
import Operations
import Reports
import Specs

/// Reports, exports, examples and the state of the lab.
struct LabRoutes {
    let answers: Answers

    func add(to group: RouterGroup<ServiceContext>) {
        group.get("report") { request, _ in
            let selection = try RunSelector(query: request.parameters)
            let name = request.parameters["format"] ?? "markdown"
            guard let format = ReportFormat.named(name) else {
                let known = ReportFormat.all.map(\.name).joined(separator: ", ")
                throw Problem(.badRequest, "format: \(name.debugDescription) is no format of reports; give one of \(known)")
            }
            let text = try await answers.onLab { lab in
                try format.render(
                    ReportInput(
                        lab.listing(selection.filter(lab)).runs, experiment: selection.experiment,
                        epochs: { try lab.epochs(of: $0.id) }, compressed: lab.compressedShape))
            }
            return Response(
                status: .ok, headers: [.contentType: Self.type(name), .cacheControl: "no-store"],
                body: .init(byteBuffer: ByteBuffer(string: text)))
        }
        group.get("search") { request, _ in
            let name = try request.experiment
            return try await answers.json(request) { lab in
                try lab.search(name).map { SearchAnswer($0, abandoned: try lab.abandonedRuns()) }
            }
        }
        group.get("search/report") { request, _ in
            let name = try request.experiment, format = request.parameters["format"] ?? "markdown"
            let text = try await answers.onLab { lab in
                guard let search = try lab.search(name) else {
                    throw Problem(.notFound, "experiment \(name) is no search; /report has its table")
                }
                let report = SearchReport(search)
                if format == "svg" { return report.svg ?? "" }
                guard let known = SearchFormat.named(format) else {
                    let names = (SearchFormat.all.map(\.name) + ["svg"]).joined(separator: ", ")
                    throw Problem(
                        .badRequest, "format: \(format.debugDescription) is no format of searches; give one of \(names)")
                }
                return try known.render(report)
            }
            return Response(
                status: .ok, headers: [.contentType: Self.type(format), .cacheControl: "no-store"],
                body: .init(byteBuffer: ByteBuffer(string: text)))
        }
        group.get("table") { request, _ in
            let selection = try RunSelector(query: request.parameters)
            return try await answers.json(request) { lab in
                TableAnswer(
                    ReportInput(
                        try lab.listing(selection.filter(lab)).runs, experiment: selection.experiment,
                        compressed: lab.compressedShape))
            }
        }
        group.get("styles") { request, _ in
            let names = (request.parameters["ids"] ?? "").split(separator: ",").map(String.init)
            return try await answers.json(request) { lab in
                try CurveStyle.styles(of: lab.runs(RunFilter(ids: names.map { try lab.run(named: $0) })))
            }
        }
        group.get("runs/:id/export") { request, context in
            let id = try context.parameters.require("id")
            let format = request.parameters["format"] ?? "safetensors"
            let expand = request.parameters["expand"] == "true"
            let weights = try await answers.onLab { lab in
                try ExportedWeights(lab, lab.run(named: id), format: format, expand: expand)
            }
            return Response(
                status: .ok,
                headers: [
                    .contentType: "application/octet-stream", .cacheControl: "no-store",
                    .contentDisposition: "attachment; filename=\"\(weights.file.name)\"",
                    .init("Pcnlab-Tensors")!: "\(weights.file.tensors)", .init("Pcnlab-Epoch")!: weights.file.epoch,
                    .init("Pcnlab-Skipped")!: weights.file.skipped.map {
                        $0.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? ""
                    }.joined(separator: ","),
                ], body: .init(byteBuffer: ByteBuffer(bytes: weights.bytes)))
        }
        group.get("health") { _, _ in
            // Damage to files is no change of the database: it is looked for anew.
            try await answers.current("health") { lab in
                // Whoever looks at the page must not be able to keep a cluster's controller busy.
                LabExamination(folder: lab.folder, repairs: false).findings()
                    + ClusterExamination(folder: lab.folder, asksEngines: false).findings()
            }
        }
        group.get("schema") { _, _ in
            Answers.response(ByteBuffer(string: ExperimentSchema.text))
        }
    }

    private static func type(_ format: String) -> String {
        switch format {
        case "csv": "text/csv; charset=utf-8"
        case "json": "application/json"
        case "svg": "image/svg+xml"
        // A report is shown as text: its page has a style of its own, which this site's policy forbids.
        default: "text/plain; charset=utf-8"
        }
    }
}

extension Request {
    /// The parameter `experiment`. Throws a problem if it is absent.
    fileprivate var experiment: String {
        get throws {
            guard let name = parameters["experiment"] else { throw Problem(.badRequest, "experiment: give the name of a search") }
            return name
        }
    }
}
