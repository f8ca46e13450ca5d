import Foundation
import Specs
import Tensors

extension Section {
    static let memory = Section(name: "memory", title: "Memory") {
        let (d, batch) = (16, 256)
        var growth = MarkdownTable([
            "n = m", "PCN: peak", "parameters, gradients", "activations, gradients", "workspace", "MLP: peak",
            "parameters, gradients",
        ])
        var largest = 0
        for n in [1024, 2048, 4096, 8192, 16_384, 32_768] {
            let widths = [n, n, 10]
            let pcn = try MemoryChild.measure(.pcn, widths, d: d, batch: batch)
            largest = pcn.peak
            let dense = MemoryNeed(.mlp, widths, d: d, batch: batch)
            let densePeak =
                try dense.total * 5 / 4 < MemoryStatus.available
                ? Double(MemoryChild.measure(.mlp, widths, d: d, batch: batch).peak).megabytes
                : "\(Double(dense.total).megabytes) (computed)"
            growth.add([
                n.grouped, Double(pcn.peak).megabytes, Double(pcn.need.parameters).megabytes,
                Double(pcn.need.activations).megabytes, Double(pcn.workspace).megabytes, densePeak,
                Double(dense.parameters).megabytes,
            ])
        }
        let alex = try MemoryChild.measure(.pcn, [9216, 4096, 4096, 10], d: d, batch: batch)
        return """
            MB (10⁶ bytes) of a separate process that takes two training steps at batch \(batch), \(threadsText(Environment.cores)), \
            d = \(d), on a network n → m → 10. The peak is the resident memory's maximum (VmHWM), which includes about \
            \(Double(alex.start).megabytes) of the program before the network; the other columns are sizes of allocations. SGD has no state. \
            Activations include their gradients; the workspace is the layers' scratch memory for all threads.

            \(growth.text)

            | check | MB | at most |
            | --- | ---: | ---: |
            | PCN 9216 → 4096 → 4096 → 10: peak minus program, parameters, activations and gradients | \
            \(Double(alex.overhead).megabytes) | 24 |
            | of that: the workspace | \(Double(alex.workspace).megabytes) | |
            | PCN 32,768 → 32,768 → 10: peak in all | \(Double(largest).megabytes) | 600 |
            """
    }
}

/// Bytes of training that follow from the network's sizes.
struct MemoryNeed: Codable {
    /// Parameters and their gradients.
    let parameters: Int
    /// Activations, and the two buffers of their gradients.
    let activations: Int
    var total: Int { parameters + activations }

    init(_ linear: Linear, _ widths: [Int], d: Int, batch: Int) {
        let strides = widths.map(Matrix.stride)
        parameters = 2 * 4 * linear.parameters(LinearDimensions(widths: widths, d: d))
        activations = 4 * batch * (strides.reduce(0, +) + 2 * (strides.dropFirst().max() ?? 0))
    }
}
