import Foundation
import GRDB
import Lab
import Reports
import Specs

extension Reader {
    /// A run's row in the database, and every report made from it. The input's parts are divided by record separators:
    /// experiments, tags, kinds of arithmetic, settings, id, error and note, epochs, figures of a completed length.
    static let record = Reader(
        name: "record", corpus: recordCorpus,
        pieces: [
            "[\"a\"]", "[]", "[\"\\u001b[31m\"]", "[\"..\"]", "[\"../outside\"]", "[\".\"]", "[\"\"]", "[1]", "[null]", "{}",
            "\"", "\\", ",",
            "\u{1E}", "1e308,-1e308", "λλλλλλλλλλλλλλλλλλλλλλλλλλλλλλλλλλλλλλλλ",
        ].map { Array($0.utf8) }
    ) { input, _ in
        let parts = input.split(separator: 0x1E, omittingEmptySubsequences: false).map { String(decoding: $0, as: UTF8.self) }
        let part = { (index: Int) in index < parts.count ? parts[index] : "" }
        let epochs = part(6).split(separator: ",").compactMap { Double($0) }.filter(\.isFinite).prefix(50)
        let figures = part(7).split(separator: ",").compactMap { Double($0) }
        let completions =
            figures.count < 3
            ? []
            : [
                Completion(
                    epochs: Int(exactly: figures[0]) ?? 1,
                    figures: FinalFigures(trainAccuracy: figures[1], testAccuracy: figures[2], weightsSHA256: part(4)),
                    loss: epochs.first)
            ]
        let run = try RunSummary(
            Row([
                "experiments": part(0), "tags": part(1), "kernels": part(2), "settings": part(3), "id": part(4), "error": part(5),
                "state": "failed", "number": 1, "request": nil, "priority": 0, "epoch": epochs.count, "epochs": 40, "attempt": 1,
                "dataset_digest": "d", "loss": epochs.last, "train_accuracy": 0.5, "test_accuracy": 0.5, "seconds": epochs.last,
                "seconds_per_epoch": epochs.last, "weights_sha256": nil, "note": part(5),
            ]),
            completions: completions)
        let curve = epochs.enumerated().map {
            EpochRow(epoch: $0.offset + 1, loss: $0.element, trainAccuracy: 0.5, testAccuracy: 0.5, seconds: $0.element)
        }
        // One format for each input, in turn: rendering takes longer than reading.
        let format = ReportFormat.all[input.count % ReportFormat.all.count]
        for line in try format.render(ReportInput([run]) { _ in curve }).split(separator: "\n") {
            try promiseOneLine(String(line))
        }
        for name in run.experiments { try checkPath(CurveFile.files(of: [run], experiment: name)[0].path) }
    }

    private static func checkPath(_ path: String) throws {
        let parts = path.split(separator: "/", omittingEmptySubsequences: false)
        let isInside = parts.count == 2 && parts.allSatisfy { !["", ".", ".."].contains($0) && $0.utf8.count <= 255 }
        try promise(isInside && !path.unicodeScalars.contains { $0.value == 0 }, "a file named \(path.debugDescription)")
    }

    /// The second name cannot come from a spec, only from a database edited by hand.
    private static let recordCorpus = zip(settingsCorpus, ["λ", "..", "a/../b"]).map { settings, name in
        let parts = [
            "[\"a b\",\"\(name)\"]", "[\"tag\"]", "[\"fused\"]", String(decoding: settings, as: UTF8.self), "0123456789abcdef",
        ]
        return Array((parts + ["disk full", "2.3,1.9,1.5", "2,0.5,0.25"]).joined(separator: "\u{1E}").utf8)
    }
}
