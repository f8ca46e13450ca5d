import Tensors

/// The input cloud of a convolution made from points (§6.4): every place (ky, kx) of the kernel, a tap, sees the channels' positions
/// moved by an offset of its own. So the k·k·C inputs of a patch have positions of their own,
///
///     a_{t, c} = l_c + o_t
///     dl_c = Σ_t da_{t, c},   do_t = Σ_c da_{t, c}
///
/// in the order in which a patch's floats lie.
struct TapCloud: Sendable {
    /// l (C, d)
    let channels: Parameter
    /// o (k·k, d)
    let taps: Parameter
    var count: Int { taps.value.shape[0] * channels.value.shape[0] }
    var d: Int { taps.value.shape[1] }

    func write(into a: Matrix) {
        for (index, (offset, channel)) in pairs.enumerated() {
            let (o, l, a) = (taps.value.base + offset * d, channels.value.base + channel * d, a.row(index))
            for i in 0..<d { a[i] = l[i] + o[i] }
        }
    }

    /// Sets do, and adds to dl, which other convolutions may share.
    func addGradient(_ da: Matrix) {
        taps.gradient.clear()
        for (index, (offset, channel)) in pairs.enumerated() {
            let (o, l, da) = (taps.gradient.base + offset * d, channels.gradient.base + channel * d, da.row(index))
            for i in 0..<d {
                o[i] += da[i]
                l[i] += da[i]
            }
        }
    }

    private var pairs: some Sequence<(Int, Int)> {
        let channels = channels.value.shape[0]
        return (0..<count).lazy.map { ($0 / channels, $0 % channels) }
    }
}
