// The element-wise loops that need vector dispatch: the rest of the engine is Swift and BLAS.
//
// Matrices are row-major with a row stride in elements. Every function exists for AVX-512, AVX2 and the baseline, chosen when
// the program starts; without contraction into fused multiply-add all three give the same bits.
#ifndef PCNLAB_KERNELS_H
#define PCNLAB_KERNELS_H

#include <stddef.h>
#include <stdint.h>

/// How the scalar z of a pair of positions is made, and how the weight is made of z.
enum { PCN_EUCLIDEAN = 0, PCN_SQUARED = 1, PCN_DOT = 2 };
enum { PCN_TRIANGLE = 0, PCN_SINE = 1 };

/// Columns of a packed cloud and of a weight tile come in whole blocks of this many.
enum { PCN_BLOCK = 16 };

/// F of one layer: weight = amplitude · shape(z / period), shape in [-1/2, 1/2].
typedef struct {
    int32_t distance;        // PCN_EUCLIDEAN, PCN_SQUARED or PCN_DOT
    int32_t wave;            // PCN_TRIANGLE or PCN_SINE
    float inverse_period;    // 1 / 2ε
    float amplitude;         // λ / √n
} pcn_wave;

/// packed[c * stride + k] = cloud[k * d + c], zeros up to the next whole block of columns.
void pcn_pack(size_t count, size_t d, const float *cloud, float *packed, size_t stride);

/// weights[j, k] = F(z(a_j, b_k)) for `rows` rows of a (rows, d) and `columns` columns of the packed b (d, stride_b).
/// Writes whole blocks: `stride` is at least `columns` rounded up to PCN_BLOCK.
void pcn_weights(pcn_wave wave, size_t rows, size_t columns, size_t d, const float *a, const float *b, size_t stride_b,
                 float *weights, size_t stride);

/// As pcn_weights, and slopes[j, k] such that, with G = dW ⊙ slopes:
/// differences (euclidean, squared): da_j = Σ_k G_jk (a_j - b_k), db_k = Σ_j G_jk (b_k - a_j); dot: da_j = Σ_k G_jk b_k.
void pcn_weights_and_slopes(pcn_wave wave, size_t rows, size_t columns, size_t d, const float *a, const float *b,
                            size_t stride_b, float *weights, float *slopes, size_t stride);

/// a[j, k] *= b[j, k]
void pcn_multiply(size_t rows, size_t columns, float *a, size_t stride_a, const float *b, size_t stride_b);

/// y[i, k] += bias[k], then ReLU when `relu` is not 0.
void pcn_bias(size_t rows, size_t columns, float *y, size_t stride, const float *bias, int relu);

/// With `relu`, dy[i, k] = 0 where y[i, k] is not positive; then d_bias[k] = Σ_i dy[i, k], summed in the order of the rows.
void pcn_bias_backward(size_t rows, size_t columns, float *dy, const float *y, size_t stride, float *d_bias, int relu);

/// target[i] += source[i]
void pcn_add(size_t count, float *target, const float *source);

/// value[i] -= rate · gradient[i]
void pcn_sgd(size_t count, float *value, const float *gradient, float rate);

/// Adam (Kingma and Ba 2015): `rate` is γ / (1 - β₁ᵗ), `root` is 1 / √(1 - β₂ᵗ).
void pcn_adam(size_t count, float *value, const float *gradient, float *first, float *second, float beta1, float beta2,
              float epsilon, float rate, float root);

#endif
