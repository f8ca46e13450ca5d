import Specs

extension Section {
    static let evaluation = Section(name: "evaluation", title: "Evaluation") {
        var table = MarkdownTable([
            "model", "step, ms", "its forward pass, ms", "evaluation, ms", "images/s", "evaluation ÷ forward",
        ])
        for linear in Linear.all {
            let settings = Models.model(.linearnet, linear), model = settings.model
            Terminal.note("evaluation: \(model)")
            let step = TrainingStep(settings, threads: Environment.cores)
            let turns = try Turns(
                rounds: 9,
                [
                    { timedAfterOne(step.run) },
                    // After a step, so that the caches are in the same state as in training.
                    {
                        step.run()
                        return seconds(step.forward)
                    },
                    { timedAfterOne(step.evaluate) },
                ])
            let times = turns.medians
            table.add(
                [model] + times.map(\.milliseconds)
                    + [Int(Double(TrainingStep.batch) / times[2]).grouped, turns.ratio(2, to: 1).text(2)])
        }
        return """
            LinearNet at batch \(TrainingStep.batch.grouped), \(threadsText(Environment.cores)): a training step, the \
            forward pass after a step, and evaluation, which is the forward pass and the scores.

            \(table.text)
            """
    }
}
