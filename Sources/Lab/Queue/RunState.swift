/// The state of a run.
public enum RunState: String, Sendable, CaseIterable, Codable {
    case queued, running, completed, failed, diverged, cancelled, paused
    /// A trial at its rung: whether it goes on depends on others.
    case waiting
    /// A trial that was not among the best at its rung.
    case pruned
}

/// What a running run is asked to do at its next batch.
public enum RunRequest: String, Sendable, CaseIterable, Codable {
    case pause, cancel
}

/// What can happen to a run.
enum RunEvent: Sendable, Equatable, CaseIterable {
    /// A worker took it.
    case claimed
    /// Its worker was told to stop, died or lost its lease. The run keeps its checkpoint.
    case released
    /// All epochs are done.
    case completed
    /// The loss or a parameter is no longer finite.
    case diverged
    /// An attempt ended in an error, and another one is due.
    case failedOnce
    /// The last allowed attempt ended in an error.
    case failedForGood
    /// The worker stopped because it was asked to.
    case stoppedToPause, stoppedToCancel
    /// A person's commands.
    case pause, resume, cancel, retry
    /// More epochs are wanted.
    case extended
    /// No more epochs are wanted than those with which it was completed before: an extension was cancelled, or is not wanted any more.
    case shortened
    /// It is trained to the epoch at which its search compares it with others.
    case reachedRung
    /// It may train past that epoch: it is among the best, or an experiment that is no search has it.
    case advanced
    /// It is not among the best.
    case pruned
}

/// The effect of an event on a state.
public enum Transition: Sendable, Equatable {
    case to(RunState)
    /// The run continues to its next batch, where its worker does what is asked.
    case ask(RunRequest)
    /// The run continues: what it was asked, if anything, is withdrawn.
    case withdraw
    /// Nothing to do: the run is in that state already.
    case stays
    /// The event is not allowed in this state.
    case refused
}

extension RunState {
    /// The state machine of a run, as a pure function: every pair is tested.
    func after(_ event: RunEvent) -> Transition {
        switch (self, event) {
        case (.queued, .claimed): .to(.running)
        case (.queued, .pause): .to(.paused)
        case (.queued, .cancel): .to(.cancelled)
        // A run that waits for its next attempt is started without a delay.
        case (.queued, .retry): .to(.queued)
        case (.queued, .extended), (.queued, .resume): .stays
        case (.queued, .shortened): .to(.completed)

        case (.running, .released), (.running, .failedOnce): .to(.queued)
        case (.running, .completed): .to(.completed)
        case (.running, .diverged): .to(.diverged)
        case (.running, .failedForGood): .to(.failed)
        case (.running, .stoppedToPause): .to(.paused)
        case (.running, .stoppedToCancel): .to(.cancelled)
        case (.running, .pause): .ask(.pause)
        case (.running, .cancel): .ask(.cancel)
        // The last command counts.
        case (.running, .resume), (.running, .retry): .withdraw
        case (.running, .extended): .stays
        // The worker has stopped.
        case (.running, .shortened): .to(.completed)
        case (.running, .reachedRung): .to(.waiting)
        case (.queued, .advanced), (.running, .advanced): .stays

        case (.waiting, .advanced): .to(.queued)
        case (.waiting, .pruned): .to(.pruned)
        case (.waiting, .pause): .to(.paused)
        case (.waiting, .cancel): .to(.cancelled)
        case (.waiting, .shortened): .to(.completed)
        case (.waiting, .resume), (.waiting, .retry), (.waiting, .extended): .stays

        // A person may want to see how it would have ended.
        case (.pruned, .advanced), (.pruned, .resume), (.pruned, .retry): .to(.queued)
        case (.pruned, .cancel): .to(.cancelled)
        case (.pruned, .shortened): .to(.completed)
        case (.pruned, .pruned), (.pruned, .extended): .stays

        case (.paused, .resume): .to(.queued)
        case (.paused, .cancel): .to(.cancelled)
        case (.paused, .shortened): .to(.completed)
        case (.paused, .pause), (.paused, .extended), (.paused, .advanced): .stays

        // A retried run ends immediately from its last checkpoint. Without a checkpoint it is trained again to the same bits.
        case (.completed, .extended), (.completed, .retry): .to(.queued)
        case (.completed, .shortened), (.completed, .advanced): .stays

        case (.failed, .retry), (.diverged, .retry), (.cancelled, .retry): .to(.queued)
        case (.cancelled, .cancel): .stays
        case (.failed, .shortened), (.diverged, .shortened), (.cancelled, .shortened): .to(.completed)
        case (.failed, .extended), (.diverged, .extended), (.cancelled, .extended): .stays
        case (.failed, .advanced), (.diverged, .advanced), (.cancelled, .advanced): .stays

        case (.queued, _), (.running, _), (.paused, _), (.completed, _), (.failed, _), (.diverged, _), (.cancelled, _),
            (.waiting, _), (.pruned, _):
            .refused
        }
    }

    /// Whether no worker trains it again unless a person queues it.
    public var isEnded: Bool {
        switch self {
        case .completed, .failed, .diverged, .cancelled, .pruned: true
        case .queued, .running, .paused, .waiting: false
        }
    }
}
