// Tiles of W = F(z(a, b)), made on the spot (§3.1-3.2 of the paper).
#include <math.h>

#include "dispatch.h"
#include "kernels.h"

enum { ROWS = 4 };

void pcn_pack(size_t count, size_t d, const float *cloud, float *packed, size_t stride) {
    size_t padded = (count + PCN_BLOCK - 1) / PCN_BLOCK * PCN_BLOCK;
    for (size_t c = 0; c < d; c++) {
        for (size_t k = 0; k < count; k++) packed[c * stride + k] = cloud[k * d + c];
        for (size_t k = count; k < padded; k++) packed[c * stride + k] = 0;
    }
}

// Σ_c (a_jc - b_kc)² or Σ_c a_jc b_kc for `rows` ≤ ROWS rows and one block of columns. The differences are taken directly:
// ‖a‖² + ‖b‖² - 2ab loses every digit for near points.
INLINE void pair_block(int dot, size_t rows, size_t d, const float *a, const float *b, size_t stride_b, float *z, size_t stride) {
    float sum[ROWS][PCN_BLOCK] = {{0}};
    for (size_t c = 0; c < d; c++) {
        for (size_t r = 0; r < rows; r++) {
            float position = a[r * d + c];
            for (size_t l = 0; l < PCN_BLOCK; l++) {
                float other = b[c * stride_b + l];
                float term = dot ? position * other : (position - other) * (position - other);
                sum[r][l] += term;
            }
        }
    }
    for (size_t r = 0; r < rows; r++)
        for (size_t l = 0; l < PCN_BLOCK; l++) z[r * stride + l] = sum[r][l];
}

INLINE void pairs(int dot, size_t rows, size_t columns, size_t d, const float *a, const float *b, size_t stride_b, float *z,
                  size_t stride) {
    size_t j = 0;
    for (; j + ROWS <= rows; j += ROWS)
        for (size_t k = 0; k < columns; k += PCN_BLOCK)
            pair_block(dot, ROWS, d, a + j * d, b + k, stride_b, z + j * stride + k, stride);
    for (; j < rows; j++)
        for (size_t k = 0; k < columns; k += PCN_BLOCK)
            pair_block(dot, 1, d, a + j * d, b + k, stride_b, z + j * stride + k, stride);
}

// sin(2πw) for |w| ≤ 1/4 by its Taylor polynomial; the first term left out is below 6e-8.
INLINE float sine_of_turns(float w) {
    const float x = w * 6.28318530717958648f, s = x * x;
    float p = -1.0f / 39916800;
    p = p * s + 1.0f / 362880;
    p = p * s - 1.0f / 5040;
    p = p * s + 1.0f / 120;
    p = p * s - 1.0f / 6;
    return x + x * s * p;
}

// shape(t) and shape'(t) over the phase t in [0, 1):
//   triangle  1/2 - |2t - 1|        slope ±2, 0 at both kinks
//   sine     -1/2 cos 2πt           slope π sin 2πt
INLINE float shape(int wave, float t, float *slope) {
    if (wave == PCN_TRIANGLE) {
        float ramp = 2.0f * t - 1.0f;
        *slope = (((t > 0.0f) & (t < 0.5f)) ? 2.0f : 0.0f) - (t > 0.5f ? 2.0f : 0.0f);
        return 0.5f - fabsf(ramp);
    }
    float u = t - 0.5f;  // -cos 2πt = cos 2πu = sin 2π(1/4 - |u|), and sin 2πt = -sin 2πu
    float folded = fminf(fabsf(u), 0.5f - fabsf(u));
    *slope = -3.14159265358979324f * sine_of_turns(copysignf(folded, u));
    return 0.5f * sine_of_turns(0.25f - fabsf(u));
}

// One row of a tile: weights holds Σ(a - b)² or a·b and becomes F; slopes, where wanted, as the header says.
INLINE void wave_row(pcn_wave f, int distance, int wave, size_t count, float *weights, float *slopes) {
    const float slope_scale = f.amplitude * f.inverse_period;
    for (size_t k = 0; k < count; k++) {
        float z = distance == PCN_EUCLIDEAN ? sqrtf(weights[k]) : weights[k];
        float phase = z * f.inverse_period, slope;
        phase -= floorf(phase);
        weights[k] = f.amplitude * shape(wave, phase, &slope);
        if (slopes) {
            slope *= slope_scale;
            if (distance == PCN_EUCLIDEAN) slope = z > 0.0f ? slope / z : 0.0f;
            if (distance == PCN_SQUARED) slope *= 2.0f;
            slopes[k] = slope;
        }
    }
}

INLINE void tile(pcn_wave f, int distance, int wave, size_t rows, size_t columns, size_t d, const float *a, const float *b,
                 size_t stride_b, float *weights, float *slopes, size_t stride) {
    pairs(distance == PCN_DOT, rows, columns, d, a, b, stride_b, weights, stride);
    for (size_t j = 0; j < rows; j++)
        wave_row(f, distance, wave, columns, weights + j * stride, slopes ? slopes + j * stride : 0);
}

// Each case is compiled with its own constants, so that no choice is made inside a loop.
INLINE void choose(pcn_wave f, size_t rows, size_t columns, size_t d, const float *a, const float *b, size_t stride_b,
                   float *weights, float *slopes, size_t stride) {
#define CASE(D, W) \
    if (f.distance == D && f.wave == W) tile(f, D, W, rows, columns, d, a, b, stride_b, weights, slopes, stride)
    CASE(PCN_EUCLIDEAN, PCN_TRIANGLE);
    CASE(PCN_EUCLIDEAN, PCN_SINE);
    CASE(PCN_SQUARED, PCN_TRIANGLE);
    CASE(PCN_SQUARED, PCN_SINE);
    CASE(PCN_DOT, PCN_TRIANGLE);
    CASE(PCN_DOT, PCN_SINE);
#undef CASE
}

DISPATCHED void pcn_weights(pcn_wave wave, size_t rows, size_t columns, size_t d, const float *a, const float *b,
                            size_t stride_b, float *weights, size_t stride) {
    choose(wave, rows, columns, d, a, b, stride_b, weights, 0, stride);
}

DISPATCHED void pcn_weights_and_slopes(pcn_wave wave, size_t rows, size_t columns, size_t d, const float *a, const float *b,
                                       size_t stride_b, float *weights, float *slopes, size_t stride) {
    choose(wave, rows, columns, d, a, b, stride_b, weights, slopes, stride);
}
