import Foundation
import Lab
import Specs
import Tensors
import Training

/// Compares the checkpoint files of a lab with their rows in its database, byte by byte, while workers may be at work.
package struct CheckpointExamination {
    package let lab: Lab

    package init(lab: Lab) { self.lab = lab }

    package struct Result {
        /// Rows whose files cannot be used, and leftover files.
        package var damage: [Damage] = []
        /// Checkpoints without a row that are not superfluous: of a lost run, or newer than a restored database. Another database may
        /// need them.
        package var kept: [String] = []
    }

    package func callAsFunction() throws -> Result {
        // Files are listed before rows. A row is written after its file, so a file without a row is abandoned or just being written.
        let files = LeftFile.all(in: lab.checkpoints)
        let damaged = try lab.allCheckpoints().rows.compactMap { run, record in
            damage(to: record, of: run).map { (record.file, $0) }
        }
        // Newer checkpoints may have replaced some meanwhile.
        let (rows, atWork) = try lab.allCheckpoints()
        let named = Set(rows.map(\.record.file))
        var result = Result(damage: damaged.filter { named.contains($0.0) }.map(\.1))
        // The newest checkpoint of each run.
        let newest = Dictionary(rows.map { ($0.run, ($0.record.epoch, $0.record.batch)) }, uniquingKeysWith: { $1 })
        for file in files where !named.contains(file.path) && !atWork.contains(file.run) {
            let isSuperfluous = file.place.map { place in newest[file.run].map { place <= $0 } ?? false } ?? true
            if isSuperfluous { result.damage.append(.stray(file: file.path)) } else { result.kept.append(file.path) }
        }
        return result
    }

    /// The settings and the digest that a run's id was computed from. They are looked up in its row and in its checkpoints.
    package func identity(of run: String) throws -> RunToSubmit? {
        var candidates = try [lab.settings(of: run)].compactMap { $0 }
        for record in try lab.checkpoints(of: run) {
            do {
                let checkpoint = try CheckpointFile.read(lab.url(ofCheckpoint: record.file), sha256: record.sha256)
                candidates += [checkpoint.metadata["settings"].flatMap { try? Settings(canonicalJSON: $0) }].compactMap { $0 }
            } catch let error where error is LabError || CheckpointFile.isDamaged(error) {
                continue
            }
        }
        for settings in candidates {
            let current = (try? DatasetDigests(lab).digest(of: settings.dataset)).map { [$0] } ?? []
            for digest in try lab.digests(of: settings.dataset) + current {
                let known = RunToSubmit(settings, datasetDigest: digest)
                if known.id == run { return known }
            }
        }
        return nil
    }

    /// Whether an undamaged checkpoint of a run's last epoch exists.
    package func hasWeights(of run: RunSummary) throws -> Bool {
        guard let newest = try lab.checkpoints(of: run).first else { return false }
        return newest.epoch >= run.epochs && damage(to: newest, of: run.id) == nil
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
}
