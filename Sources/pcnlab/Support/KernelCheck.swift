import ArgumentParser
import Operations
import Tensors

/// Refuses commands that compute if `PCNLAB_KERNELS` names no kernels of this processor. Called once, before the command runs.
func checkKernels(for command: any ParsableCommand) throws {
    let computes =
        switch command {
        case is Work, is Train, is Verify, is Bench, is LandscapeCommand, is Predict, is SpectrumCommand: true
        case let command as Serve: command.workers != nil
        case let command as Report: command.confusion != nil
        case let command as Submit: command.dryRun
        case let command as Export: command.expand
        default: false
        }
    guard computes, let refusal = Kernels.refusal else { return }
    throw Failure(refusal, Exit.usage)
}
