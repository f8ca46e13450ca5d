import Specs

extension Section {
    static let batches = Section(name: "batches", title: "AlexNet's steps by batch") {
        let (small, large, rounds) = (64, 1024, 3)
        let count = large / small
        var table = MarkdownTable([
            "model", "1 step of \(large.grouped), s", "\(count) steps of \(small), s", "ratio (0.85…1.15)",
            "peak of memory at \(large.grouped), GB (at most 20)", "estimated before a run, GB",
        ])
        for linear in [Linear.pcn, .mlp] {
            let model = Models.model(.alexnet, linear)
            let estimate = model.with(batch: large).trainingBytes
            guard estimate * 5 / 4 < MemoryStatus.available else {
                table.add([model.model, "", "", "", "not measured: not enough free memory", estimate.gigabytes])
                continue
            }
            let peak = try StepPeak.measure(model.with(batch: large)).peak
            Terminal.note("batches: \(model.model)")
            let one = TrainingStep(model.with(batch: large), threads: Environment.cores)
            let many = TrainingStep(model.with(batch: small), threads: Environment.cores)
            // One warm-up step is enough: the state of the caches does not matter to a step of this length.
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
                    + [turns.ratio(0, to: 1).text(2), peak.gigabytes, estimate.gigabytes])
        }
        return """
            One training step of \(large.grouped) images in turn with \(count) steps of \(small), the same number of images, \
            \(threadsText(Environment.cores)), \(rounds) rounds; the ratio is the median of the rounds' ratios. The peak is the resident \
            memory's maximum (VmHWM) of a separate process that takes two steps, in GB (10⁹ bytes); the estimate is the one by which \
            the program refuses runs that do not fit.

            \(table.text)
            """
    }
}
