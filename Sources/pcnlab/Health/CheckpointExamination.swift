import Foundation
import Lab
import Specs
import Tensors
import Training

/// Holds the checkpoint files of a lab to their rows in its database, byte by byte, while workers may be at work.
struct CheckpointExamination {
    let lab: Lab

    /// Rows whose files cannot be used, and files that no row names.
    func damage() throws -> [Damage] {
        // Files before rows: a row follows its file, so that a file without one was given up, or is just being written.
        let files = files()
        let rows = try lab.allCheckpoints()
        let damaged = rows.compactMap { run, record in damage(to: record, of: run).map { (record.file, $0) } }
        // Meanwhile newer checkpoints may have taken the place of some.
        let stillThere = Set(try lab.allCheckpoints().map(\.record.file))
        let named = stillThere.union(rows.map(\.record.file))
        let atWork = try lab.runsAtWork()
        let strays = files.filter { !named.contains($0.file) && !atWork.contains($0.run) }
        return damaged.filter { stillThere.contains($0.0) }.map(\.1) + strays.map { .stray(file: $0.file) }
    }

    /// The settings in the newest of a run's checkpoints that is whole.
    func settings(of run: String) -> Settings? {
        ((try? lab.checkpoints(of: run)) ?? []).lazy.compactMap { record -> Settings? in
            let checkpoint = try? CheckpointFile.read(lab.url(ofCheckpoint: record.file), sha256: record.sha256)
            return checkpoint?.metadata["settings"].flatMap { try? Settings(canonicalJSON: $0) }
        }.first
    }

    private func damage(to record: CheckpointRecord, of run: String) -> Damage? {
        do {
            _ = try CheckpointFile.read(lab.url(ofCheckpoint: record.file), sha256: record.sha256)
            return nil
        } catch let error where error is LabError || CheckpointFile.isDamaged(error) {
            return .checkpoint(run: run, record, reason: "\(error)")
        } catch {
            return .unreadable(file: record.file, reason: "\(error)")
        }
    }

    /// Everything in the folders of runs, by its path in the lab.
    private func files() -> [(run: String, file: String)] {
        let manager = FileManager.default
        return ((try? manager.contentsOfDirectory(atPath: lab.checkpoints.path)) ?? []).sorted().flatMap { run in
            let folder = lab.checkpoints.appending(path: run)
            return ((try? manager.contentsOfDirectory(atPath: folder.path)) ?? []).sorted().map {
                (run, "checkpoints/\(run)/\($0)")
            }
        }
    }
}
