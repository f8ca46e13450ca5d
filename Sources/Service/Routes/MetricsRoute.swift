import Foundation
import Hummingbird
import Lab
import NIOCore

/// Figures for Prometheus, in its text format.
struct MetricsRoute {
    let answers: Answers
    let version: String

    func add(to group: RouterGroup<ServiceContext>) {
        group.get("metrics") { _, _ in
            let page = try await answers.onLab { lab in try text(lab) }
            return Response(
                status: .ok, headers: [.contentType: "text/plain; version=0.0.4; charset=utf-8", .cacheControl: "no-store"],
                body: .init(byteBuffer: ByteBuffer(string: page)))
        }
    }

    private func text(_ lab: Lab) throws -> String {
        var lines: [String] = []
        func family(_ name: String, _ type: String, _ help: String, _ samples: [(labels: String, value: String)]) {
            lines.append("# HELP \(name) \(help)")
            lines.append("# TYPE \(name) \(type)")
            lines += samples.map { "\(name)\($0.labels.isEmpty ? "" : "{\($0.labels)}") \($0.value)" }
        }
        family("pcnlab_build_info", "gauge", "The program's version.", [("version=\"\(version)\"", "1")])
        let counts = try lab.stateCounts()
        family(
            "pcnlab_runs", "gauge", "Runs by state.",
            RunState.allCases.map { ("state=\"\($0.rawValue)\"", "\(counts[$0] ?? 0)") })
        let workers = try lab.workers().filter { !$0.isGone }
        family("pcnlab_workers", "gauge", "Runs that a worker holds now.", [("", "\(workers.count)")])
        family(
            "pcnlab_worker_silence_seconds", "gauge", "Seconds since a worker renewed its lease.",
            workers.compactMap { worker in worker.silence.map { ("run=\"\(worker.run)\"", "\($0)") } })
        let totals = try lab.totals()
        family("pcnlab_epochs_total", "counter", "Epochs of all runs in the lab.", [("", "\(totals.epochs)")])
        let running = try lab.listing(RunFilter(state: .running, limit: 100)).runs
        family(
            "pcnlab_run_epoch_seconds", "gauge", "Seconds of an epoch, mean of the last five, of runs in training.",
            running.compactMap { run in run.secondsPerEpoch.map { (labels(run), "\($0)") } })
        family(
            "pcnlab_run_step_seconds", "gauge", "Seconds of a training step, evaluation included, of runs in training.",
            running.compactMap { run in
                run.secondsPerEpoch.map { (labels(run), "\($0 / Double(max(1, run.settings.batchesPerEpoch)))") }
            })
        family(
            "pcnlab_images_per_second", "gauge", "Training images per second of runs in training.",
            running.compactMap { run in
                run.secondsPerEpoch.flatMap { $0 > 0 ? (labels(run), "\(Double(run.settings.trainImages) / $0)") : nil }
            })
        family(
            "pcnlab_attempts_ended_total", "counter", "Ended attempts of runs in the lab, by how they ended.",
            totals.outcomes.sorted { $0.key < $1.key }.map { ("outcome=\"\($0.key.metricLabel)\"", "\($0.value)") })
        family("pcnlab_event_streams", "gauge", "Open event streams.", [("", "\(answers.live.streams)")])
        requests(&lines)
        return lines.joined(separator: "\n") + "\n"
    }

    private func labels(_ run: RunSummary) -> String {
        "run=\"\(run.id)\",model=\"\(run.model)\",dataset=\"\(run.settings.dataset.label.metricLabel)\""
    }

    private func requests(_ lines: inout [String]) {
        let name = "pcnlab_http_request_seconds"
        lines += ["# HELP \(name) Time of requests by route.", "# TYPE \(name) histogram"]
        for (key, entry) in answers.counts.all {
            let labels = "method=\"\(key.method)\",route=\"\(key.route.metricLabel)\",status=\"\(key.status)\""
            for (bound, count) in zip(RequestCounts.buckets, entry.buckets) {
                lines.append("\(name)_bucket{\(labels),le=\"\(bound)\"} \(count)")
            }
            lines.append("\(name)_bucket{\(labels),le=\"+Inf\"} \(entry.count)")
            lines.append("\(name)_sum{\(labels)} \(entry.seconds)")
            lines.append("\(name)_count{\(labels)} \(entry.count)")
        }
    }
}

extension String {
    /// As the value of a label, between quotes.
    fileprivate var metricLabel: String {
        replacing("\\", with: "\\\\").replacing("\"", with: "\\\"").replacing("\n", with: "\\n")
    }
}
