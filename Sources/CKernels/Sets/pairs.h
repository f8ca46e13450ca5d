// Panels of W = F(z(a, b)), computed where they are needed (§3.1-3.2 of the paper).

// Σ_c (a_jc - b_kc)² or Σ_c a_jc b_kc for `rows` ≤ ROWS rows and one panel of columns. The differences are taken directly:
// ‖a‖² + ‖b‖² - 2ab loses every digit for near points.
INLINE void pair_sums(int dot, int rows, size_t d, const float *a, const float *b, floats sum[ROWS]) {
    for (int r = 0; r < rows; r++) sum[r] = all(0);
    for (size_t c = 0; c < d; c++) {
        const floats other = load(b + c * PCN_PANEL);
        for (int r = 0; r < rows; r++) {
            const floats position = all(a[r * d + c]);
            const floats difference = position - other;
            sum[r] = dot ? multiply_add(position, other, sum[r]) : multiply_add(difference, difference, sum[r]);
        }
    }
}

// sin 2πw for |w| ≤ 1/4 by its Taylor polynomial; the first term left out is below 6e-8.
INLINE floats sine_of_turns(floats w) {
    const floats x = w * 6.28318530717958648f, s = x * x;
    floats p = all(-1.0f / 39916800);
    p = multiply_add(p, s, all(1.0f / 362880));
    p = multiply_add(p, s, all(-1.0f / 5040));
    p = multiply_add(p, s, all(1.0f / 120));
    p = multiply_add(p, s, all(-1.0f / 6));
    return multiply_add(x * s, p, x);
}

// shape(t) and shape'(t) over the phase t in [0, 1):
//   triangle  1/2 - |2t - 1|        slope ±2, 0 at both kinks
//   sine     -1/2 cos 2πt           slope π sin 2πt
// An odd sine, 1/2 sin 2πt, is the sine a quarter of a turn on.
INLINE floats shape(int wave, floats t, floats *slope) {
    if (wave == PCN_TRIANGLE) {
        const floats ramp = 2 * t - 1;
        *slope = ramp < 0 ? (t > 0 ? all(2) : all(0)) : (ramp > 0 ? all(-2) : all(0));
        return 0.5f - __builtin_elementwise_abs(ramp);
    }
    const floats u = t - 0.5f, size = __builtin_elementwise_abs(u);  // -cos 2πt = cos 2πu = sin 2π(1/4 - |u|)
    const floats folded = __builtin_elementwise_min(size, 0.5f - size);  // sin 2πt = -sin 2πu
    *slope = -3.14159265358979324f * sine_of_turns(__builtin_elementwise_copysign(folded, u));
    return 0.5f * sine_of_turns(0.25f - size);
}

// F of a pair's sum, Σ(a - b)² or a·b, and its slope as kernels.h defines it.
INLINE floats weight_of(pcn_weight_function f, int distance, int wave, floats sum, floats *slope) {
    const floats z = distance == PCN_EUCLIDEAN ? __builtin_elementwise_sqrt(sum) : sum;
    const floats turns = wave == PCN_ODD_SINE ? z * f.inverse_period + 0.25f : z * f.inverse_period;
    const floats value = f.amplitude * shape(wave, turns - __builtin_elementwise_floor(turns), slope);
    *slope *= f.amplitude * f.inverse_period;
    if (distance == PCN_EUCLIDEAN) *slope = z > 0 ? *slope / z : all(0);
    if (distance == PCN_SQUARED) *slope *= 2;
    return value;
}

INLINE void weight_rows(int rows, pcn_weight_function f, int distance, int wave, size_t d, const float *a, const float *b, float *weights,
                        float *slopes) {
    floats sum[ROWS];
    pair_sums(distance == PCN_DOT, rows, d, a, b, sum);
    for (int r = 0; r < rows; r++) {
        floats slope;
        store(weights + r * PCN_PANEL, weight_of(f, distance, wave, sum[r], &slope));
        if (slopes) store(slopes + r * PCN_PANEL, slope);
    }
}

INLINE void weight_panels(pcn_weight_function f, int distance, int wave, size_t depth, size_t columns, size_t d, const float *a,
                          const float *b, float *weights, float *slopes) {
    for (size_t column = 0; column < columns; column += PCN_PANEL, b += d * PCN_PANEL) {
        size_t j = 0;
        for (; j + ROWS <= depth; j += ROWS) {
            weight_rows(ROWS, f, distance, wave, d, a + j * d, b, weights, slopes);
            weights += ROWS * PCN_PANEL;
            if (slopes) slopes += ROWS * PCN_PANEL;
        }
        for (; j < depth; j++) {
            weight_rows(1, f, distance, wave, d, a + j * d, b, weights, slopes);
            weights += PCN_PANEL;
            if (slopes) slopes += PCN_PANEL;
        }
    }
}

// Each case is compiled with its own constants, so that no choice is made inside a loop.
static void weights(pcn_weight_function f, size_t depth, size_t columns, size_t d, const float *a, const float *b, float *weights,
                    float *slopes) {
#define CASE(D, W)                                                                              \
    if (f.distance == D && f.wave == W) {                                                       \
        if (slopes) weight_panels(f, D, W, depth, columns, d, a, b, weights, slopes);           \
        else weight_panels(f, D, W, depth, columns, d, a, b, weights, 0);                       \
    }
    CASE(PCN_EUCLIDEAN, PCN_TRIANGLE)
    CASE(PCN_EUCLIDEAN, PCN_SINE)
    CASE(PCN_SQUARED, PCN_TRIANGLE)
    CASE(PCN_SQUARED, PCN_SINE)
    CASE(PCN_DOT, PCN_TRIANGLE)
    CASE(PCN_DOT, PCN_SINE)
    CASE(PCN_DOT, PCN_ODD_SINE)
#undef CASE
}

// e^x for x ≤ 0, and NaN for NaN, as 2^n · e^t with |t| ≤ ln 2 / 2 and the Taylor polynomial of e^t; the first term left out is below 6e-9.
INLINE floats exponential(floats x) {
    typedef int32_t integers __attribute__((ext_vector_type(16)));
    const floats scaled = x * 1.44269504088896341f, turns = scaled < all(-126) ? all(-126) : scaled;
    const floats n = __builtin_elementwise_floor(turns + 0.5f), t = (turns - n) * 0.693147180559945309f;
    floats p = all(1.0f / 5040);
    p = multiply_add(p, t, all(1.0f / 720));
    p = multiply_add(p, t, all(1.0f / 120));
    p = multiply_add(p, t, all(1.0f / 24));
    p = multiply_add(p, t, all(1.0f / 6));
    p = multiply_add(p, t, all(0.5f));
    p = multiply_add(p, t, all(1));
    p = multiply_add(p, t, all(1));
    const integers bits = (__builtin_convertvector(n, integers) + 127) << 23;
    floats power;
    memcpy(&power, &bits, sizeof power);
    return p * power;
}

static void gaussian(size_t depth, size_t columns, size_t d, const float *a, const float *b, const float *row_scales,
                     const float *column_scales, float *tile) {
    for (size_t column = 0; column < columns; column += PCN_PANEL, b += d * PCN_PANEL) {
        const floats x = load(b), y = load(b + PCN_PANEL), scales = row_scales ? all(0) : load(column_scales + column);
        for (size_t j = 0; j < depth; j++, tile += PCN_PANEL) {
            const floats across = a[j * d] - x, down = a[j * d + 1] - y;
            const floats squared = multiply_add(down, down, across * across);
            store(tile, load(tile) * exponential(-(row_scales ? all(row_scales[j]) : scales) * squared));
        }
    }
}

// The sum of the sixteen, in a fixed tree.
INLINE float total(floats v) {
    typedef float eight __attribute__((ext_vector_type(8)));
    typedef float four __attribute__((ext_vector_type(4)));
    const eight e = v.lo + v.hi;
    const four f = e.lo + e.hi;
    return (f.x + f.z) + (f.y + f.w);
}

static void sums(size_t depth, size_t columns, const float *g, float *row_sums, size_t stride, float *column_sums) {
    for (size_t column = 0; column < columns; column += PCN_PANEL) {
        floats down = load(column_sums + column);
        const size_t left = columns - column;
        for (size_t k = 0; k < depth; k++, g += PCN_PANEL) {
            floats row = load(g);
            down += row;
            if (left < PCN_PANEL)
                for (size_t l = left; l < PCN_PANEL; l++) row[l] = 0;
            row_sums[k * stride] += total(row);
        }
        store(column_sums + column, down);
    }
}
