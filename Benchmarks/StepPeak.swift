import Specs

/// Two training steps of a model in a separate process.
struct StepPeak: Codable {
    static let command = "step-peak"

    /// Peak resident memory in bytes.
    let peak: Int

    static func measure(_ settings: Settings) throws -> StepPeak {
        Terminal.note("memory: \(settings.model), batch \(settings.batchSize.grouped)")
        return try Child.figures([command, settings.canonicalJSON])
    }

    /// Called in the child with the arguments that `measure` passes.
    static func run(_ arguments: [String]) throws {
        let step = TrainingStep(try Settings(canonicalJSON: arguments[0]), threads: Environment.cores)
        step.run()
        step.run()
        try Child.write(StepPeak(peak: MemoryStatus.peak))
    }
}
