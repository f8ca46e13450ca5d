/// What is wrong with settings together.
extension Settings {
    /// A fault of a setting beside others: its key, and the member of it where it is an object.
    typealias Fault = (key: String, member: String?, problem: Diagnostic.Problem)

    /// Every fault of settings that are right each alone.
    var faults: [Fault] {
        var faults: [Fault] = []
        if architecture.readsGraph != (dataset.nodes != nil) {
            faults.append(("dataset", nil, .otherKindOfData(dataset, architecture)))
        }
        if let compress, let fault = fault(of: compress) {
            faults.append(("compress", fault.member, .notOfForm(found: fault.found, remedy: fault.remedy)))
        }
        return faults
    }

    /// What is wrong with a compression of this network; nil where nothing is.
    private func fault(of compression: Compression) -> (member: String, found: String, remedy: String)? {
        let inputs = compressibleInputs, names = inputs.map(\.name).joined(separator: ", ")
        if compression.after >= epochs {
            return (
                "after", "\(compression.after) of \(epochs.grouped) epochs",
                "expected fewer: the compressed network is trained on"
            )
        }
        switch compression.rule {
        case .dimensions(let dimensions):
            if dimensions.count != inputs.count {
                return ("dimensions", "a list of \(dimensions.count)", "expected \(inputs.count) numbers, for \(names)")
            }
            for (count, input) in zip(dimensions, inputs) where count > input.inputs {
                return (
                    "dimensions", "\(count.grouped) for \(input.name)",
                    "it has \(input.inputs.grouped) inputs: expected at most as many, or 0 to leave it"
                )
            }
            if dimensions.allSatisfy({ $0 == 0 }) { return ("dimensions", "zeros alone", "expected a layer to compress") }
        case .threshold(let bounds):
            if let count = bounds.count, count != inputs.count {
                return ("threshold", "a list of \(count)", "expected a number, or \(inputs.count) numbers, for \(names)")
            }
        case .fraction: break
        }
        return fault(ofKept: compression)
    }

    private func fault(ofKept compression: Compression) -> (member: String, found: String, remedy: String)? {
        let kept = compression.keepOutputs, outputs = weightOutputs
        if kept.isEmpty { return nil }
        if hasSums {
            return ("keep_outputs", "outputs to drop", "in a network that adds its layers' outputs, all are needed: leave it out")
        }
        if kept.count != outputs.count - 1 {
            return (
                "keep_outputs", "a list of \(kept.count)",
                "expected \(outputs.count - 1) numbers, one for each layer but the last"
            )
        }
        // The layer after it ranks the outputs: of a network without features, the first projection is that of the images.
        let shift = compressibleInputs.count - kept.count
        for (layer, (count, all)) in zip(kept, outputs).enumerated() where count > 0 {
            if count > all {
                return (
                    "keep_outputs", "\(count.grouped)",
                    "the layer has \(all.grouped) outputs: expected at most as many, or 0 for all"
                )
            }
            if case .dimensions(let dimensions) = compression.rule, dimensions[layer + shift] == 0 {
                return (
                    "keep_outputs", "\(count.grouped) outputs of a layer",
                    "they are ranked by the components of the next one, which has none: give it dimensions, or 0 here"
                )
            }
        }
        return nil
    }
}
