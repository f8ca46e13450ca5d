import Foundation
import Tensors
import Testing

@testable import Networks

@Suite("A window")
struct WindowTests {
    @Test(
        "multiplies by exp(−s·r²) to 1e-6, by rows and by columns, with the same bits for all sets that fuse",
        arguments: [true, false])
    func accuracy(_ isByRows: Bool) {
        let (rows, columns, d) = (37, 50, 3)
        let (a, b) = (Scratch.matrix(rows, d, "a"), Scratch.matrix(columns, d, "b"))
        let scales = Scratch.matrix(1, 64, "scales")
        for i in 0..<64 { scales.base[i] = exp2(4 + 20 * scales.base[i]) }
        var bits: [[UInt32]] = []
        for kernels in Kernels.all {
            let (positions, tile) = (Scratch.panels(d, columns), Scratch.panels(rows, columns))
            positions.pack(b.transposed, kernels)
            for i in 0..<Panels.floats(rows, columns) { tile.base[i] = 3 }
            tile.multiplyByWindow(
                a, positions, rowScales: isByRows ? scales.base : nil, columnScales: isByRows ? nil : scales.base, kernels)
            var found: [UInt32] = []
            for j in 0..<rows {
                for k in 0..<columns {
                    let differences = (0..<2).map { Double(a.row(j)[$0]) - Double(b.row(k)[$0]) }
                    let squared = differences.reduce(0) { $0 + $1 * $1 }
                    let exact = 3 * exp(-Double(scales.base[isByRows ? j : k]) * squared)
                    #expect(abs(Double(tile[j, k]) - exact) < 3e-6 * max(exact, 1e-3), "\(tile[j, k]) \(exact)")
                    found.append(tile[j, k].bitPattern)
                }
            }
            if kernels.arithmetic == "fused" { bits.append(found) }
        }
        #expect(Set(bits).count == 1)
    }

    @Test("of width ½ is over the first layer alone, and its weights fall with the distance in the picture")
    func layer() {
        var shape = LinearPartShape(widths: [12, 7, 5], d: 3, grid: .init(3, 4, 1), batch: 1)
        let plain = LinearPart.pcn.build(shape)
        shape.options.window = .gaussian
        let windowed = LinearPart.pcn.build(shape)
        for index in 0..<2 {
            let (before, after) = (plain.layers[index], windowed.layers[index])
            let (w, v) = (Tensor(before.outputs, before.inputs), Tensor(before.outputs, before.inputs))
            before.expand(0..<before.outputs, into: w.matrix)
            after.expand(0..<after.outputs, into: v.matrix)
            if index == 1 {
                #expect(w.values == v.values)
            } else {
                #expect(zip(w.values, v.values).allSatisfy { abs($0) > abs($1) })
            }
        }
    }
}
