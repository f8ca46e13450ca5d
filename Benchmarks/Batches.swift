import Specs

extension Section {
    static let batches = Section(name: "batches", title: "AlexNet's steps by batch") {
        let (small, large, rounds) = (64, 1024, 3)
        let count = large / small
        var table = MarkdownTable([
            "model", "1 step of \(large.grouped), s", "\(count) steps of \(small), s", "ratio (0.85…1.15)",
            "peak of memory at \(large.grouped), GB (at most 20)", "as reckoned before a run, GB",
        ])
        for linear in [Linear.pcn, .mlp] {
            let model = Models.model(.alexnet, linear)
            let reckoned = model.with(batch: large).trainingBytes
            guard reckoned * 5 / 4 < MemoryStatus.available else {
                table.add([model.model, "", "", "", "not measured: too little memory is free", reckoned.gigabytes])
                continue
            }
            let peak = try StepPeak.measure(model.with(batch: large)).peak
            Terminal.note("batches: \(model.model)")
            let one = TrainingStep(model.with(batch: large), threads: Environment.cores)
            let many = TrainingStep(model.with(batch: small), threads: Environment.cores)
            // Once is enough: what a large step finds in the caches is nothing to its length.
            one.run()
            let turns = try Turns(
                rounds: rounds,
                [
                    { seconds(one.run) },
                    {
                        many.run()
                        return seconds { for _ in 0..<count { many.run() } }
                    },
                ])
            table.add(
                [model.model] + turns.medians.map { $0.text(2) }
                    + [turns.ratio(0, to: 1).text(2), peak.gigabytes, reckoned.gigabytes])
        }
        return """
            One training step of \(large.grouped) images in turn with \(count) steps of \(small), the same number of images, \
            \(threadsText(Environment.cores)), \(rounds) rounds; the ratio is the median of the rounds' own. The peak is all that was \
            ever resident (VmHWM) of a process of its own that takes two steps, in GB (10⁹ bytes); beside it what the program reckons \
            before a run, to refuse one that does not fit.

            \(table.text)
            """
    }
}
