/// How a pool takes runs from the queue: it looks for their data first.
extension WorkerPool {
    /// Claims the next run whose data is there. Nil if there is none, or if it has to wait.
    func nextRun(_ worker: Int) -> (Claim, RunControl)? {
        do {
            var present: Set<RunData> = []
            // Data is looked for before the claim, and without a lock: reading a large data set takes long.
            while !shouldStop, let data = try lab.nextData(except: missing.absent(at: lab.clock.uptime())) {
                if !present.contains(data) {
                    guard try isThere(data) else { continue }
                    present.insert(data)
                }
                switch try claiming.withLock({ _ in try claim(worker, present) }) {
                case .claimed(let claim, let control): return (claim, control)
                case .nothing: return nil
                case .otherData: continue
                }
            }
            return nil
        } catch {
            admission.release(worker: worker)
            if let damage = LabError(database: error, file: lab.databaseFile.relativePath), case .damaged = damage {
                give(up: damage)
            }
            // The run failed because its settings could not be read.
            if case LabError.damaged = error { failures.wrappingAdd(1, ordering: .relaxed) }
            observer.trouble("claiming a run: \(error)")
            return nil
        }
    }

    private enum ClaimAnswer {
        case claimed(Claim, RunControl)
        case nothing
        /// Another worker took the run, and the next one needs data that was not looked for.
        case otherData
    }

    /// Claims a run and puts it into `active`.
    private func claim(_ worker: Int, _ present: Set<RunData>) throws -> ClaimAnswer {
        var waits: String?, needsOther = false
        let claim = try lab.claim(
            worker: .current, arithmetic: configuration.arithmetic, threads: configuration.threads,
            except: missing.absent(at: lab.clock.uptime())
        ) { run, settings, data in
            guard present.contains(data) else {
                needsOther = true
                return false
            }
            switch admission.reserve(run, settings, worker: worker) {
            case .admitted: return true
            case .waits(let text):
                waits = text
                return false
            }
        }
        if let waits { observer.trouble(waits) }
        guard let claim else {
            admission.release(worker: worker)
            return needsOther ? .otherData : .nothing
        }
        let control = RunControl()
        active.withLock { $0[worker] = (claim, control) }
        return .claimed(claim, control)
    }

    /// Looks for data. What is missing is shown once, and stored with the runs that need it.
    private func isThere(_ data: RunData) throws -> Bool {
        guard let reason = try reasonToWait?(data) else {
            guard let news = missing.found(data) else { return true }
            try lab.endWait(for: data)
            if news == .cameBack { observer.notice("\(data.dataset) is there: the runs that wait for it are trained now") }
            return true
        }
        try wait(for: data, reason)
        return false
    }

    func wait(for data: RunData, _ reason: String) throws {
        if missing.missed(data, reason, at: lab.clock.uptime()) {
            observer.trouble("runs of \(data.dataset) wait: \(reason)")
        }
        try lab.wait(for: data, reason: reason)
    }
}
