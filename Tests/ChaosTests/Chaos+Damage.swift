import Foundation
import Lab

extension Chaos {
    var log: URL { subject.program.lab.appending(path: "pcnlab.sqlite-wal") }

    /// Kills all workers, and changes the newest checkpoint of a run that is not completed; nil removes it.
    func damageCheckpoint(_ change: (inout Data?) -> Void) throws {
        try ensureWorker()
        end()
        let lab = try Lab(subject.program.lab)
        let files = try lab.runs().filter { $0.state != .completed }.compactMap { try lab.checkpoints(of: $0.id).first?.file }
        guard !files.isEmpty else { return }
        try damage(subject.program.lab.appending(path: files[draw(files.count)]), change)
    }

    /// Kills all workers, and changes a file; nil removes it.
    func damage(_ file: URL, _ change: (inout Data?) -> Void) throws {
        end()
        var bytes = try? Data(contentsOf: file)
        guard bytes?.isEmpty == false else { return }
        change(&bytes)
        if let bytes { try bytes.write(to: file) } else { try FileManager.default.removeItem(at: file) }
    }

    /// Flips one to five bits.
    func flip(_ bytes: inout Data?) {
        guard var flipped = bytes, !flipped.isEmpty else { return }
        for _ in 0...draw(5) {
            let place = draw(flipped.count)
            flipped[place] ^= 1 << UInt8(draw(8))
        }
        bytes = flipped
    }
}
