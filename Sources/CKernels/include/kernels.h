// The engine's own loops: tiles of F(D), the products with them, im2col, pooling, and element-wise passes. Other
// products of two stored matrices are calls of BLAS.
//
// Matrices are row-major with a row stride in elements. Every function exists for several instruction sets. Each sum is one
// chain of fused multiply-adds in the order of its index, so the instruction set, the tile size and the number of threads do
// not change a bit; only `baseline` on a processor without fused multiply-add rounds differently.
#ifndef PCNLAB_KERNELS_H
#define PCNLAB_KERNELS_H

#include <stddef.h>
#include <stdint.h>

/// The distance z of a pair of positions, and the periodic function of z.
enum { PCN_EUCLIDEAN = 0, PCN_SQUARED = 1, PCN_DOT = 2 };
enum { PCN_TRIANGLE = 0, PCN_SINE = 1, PCN_ODD_SINE = 2 };

/// Columns of a panel. The packed right-hand side of a product (K, N) is stored as panels of (K, PCN_PANEL), the last one padded.
enum { PCN_PANEL = 16 };

/// The weight function F of one layer: weight = amplitude · shape(z / period), shape in [-1/2, 1/2].
typedef struct {
    int32_t distance;      // PCN_EUCLIDEAN, PCN_SQUARED or PCN_DOT
    int32_t wave;          // PCN_TRIANGLE, PCN_SINE or, for PCN_DOT alone, PCN_ODD_SINE
    float inverse_period;  // 1 / 2ε
    float amplitude;       // λ / √n
} pcn_weight_function;

/// c (rows, columns) = a (rows, depth) · b (depth, columns) with an initial value and an epilogue.
typedef struct {
    size_t rows, columns, depth;
    // a(i, k) is a[i * a_stride + k]; when packed, groups of `pcn_kernels.rows` rows lie a_group apart and
    // a(i, k) is a[(i / rows) * a_group + k * a_stride + i % rows].
    const float *a;
    size_t a_stride, a_group;
    int32_t a_packed;
    // Nonzero: the initial value is c.
    int32_t adding;
    // Panels of b lie b_panel apart: b(k, 16 p + l) is b[p * b_panel + k * 16 + l].
    const float *b;
    size_t b_panel;
    // c(i, 16 p + l) is c[i * c_stride + p * c_panel + l]: c_panel is 16 in a row-major matrix.
    float *c;
    size_t c_stride, c_panel;
    // Not null: the initial value is bias[column]. Whole panels are read.
    const float *bias;
    // Not null: each element is multiplied by this tile's, which is laid out as c is. Whole panels are read.
    const float *times;
    // Nonzero: negative elements are stored as 0. A NaN is stored as NaN: divergence must show in the loss.
    int32_t relu;
} pcn_product;

/// im2col over images (height, width, channels), `image_stride` floats apart. The patch of the output position (image, oy, ox)
/// is a row of floats (ky, kx, channel), read from oy * stride + top + ky and ox * stride + left + kx; outside of the image
/// the floats are 0.
typedef struct {
    const float *x;
    size_t image_stride, height, width, channels;
    size_t out_height, out_width, stride;
    size_t kernel_height, kernel_width;
    ptrdiff_t top, left;
} pcn_patches;

/// The functions of one instruction set.
typedef struct {
    /// avx512, avx2 or baseline.
    const char *name;
    /// Whether multiply-adds are fused: all sets that fuse give the same bits.
    int32_t fused;
    /// Rows of a packed group.
    size_t rows;

    void (*multiply)(const pcn_product *product);

    /// Panels of `width` columns: packed[p * panel + k * width + l] = source[k * stride + p * width + l], the last panel padded
    /// with zeros. Panels of PCN_PANEL are a packed right-hand side, panels of `rows` a packed left-hand side.
    void (*pack)(size_t depth, size_t columns, size_t width, const float *source, size_t stride, float *packed, size_t panel);
    /// The same of the transpose, with panels of PCN_PANEL: packed[p * depth * 16 + k * 16 + l] = source[(16 p + l) * stride + k].
    void (*pack_transposed)(size_t depth, size_t columns, const float *source, size_t stride, float *packed);

    /// Floats from ..< to of the patches first ..< last, one a row of `out`.
    void (*patches)(const pcn_patches *images, size_t first, size_t last, size_t from, size_t to, float *out, size_t stride);

    /// The largest of every window of one image; the patches have no padding.
    void (*max_pool)(const pcn_patches *images, size_t image, float *y);
    /// Sets all of dx of one image: each dy is added to the first element of its window that equals y.
    void (*max_pool_backward)(const pcn_patches *images, size_t image, const float *y, const float *dy, float *dx);

    /// Panels of W, weights(j, k) = F(z(a_j, b_k)), for `depth` positions a (depth, d) and `columns` positions b packed by
    /// pack_transposed as (d, columns). If `slopes` is not null, the slopes are stored there in the same layout: with
    /// G = dW ⊙ slopes, da_j = Σ_k G_jk (a_j - b_k) and db_k = Σ_j G_jk (b_k - a_j); for a dot product da_j = Σ_k G_jk b_k.
    void (*weights)(pcn_weight_function f, size_t depth, size_t columns, size_t d, const float *a, const float *b, float *weights,
                    float *slopes);
    /// Multiplies panels: tile(j, k) *= exp(-s · r²), r the distance of the first two of d ≥ 2 coordinates of the positions a_j and b_k,
    /// which are given as for `weights`, and s = row_scales[j], or column_scales[k] where row_scales is null.
    void (*gaussian)(size_t depth, size_t columns, size_t d, const float *a, const float *b, const float *row_scales,
                     const float *column_scales, float *tile);
    /// For g in panels (depth, columns): row_sums[k * stride] += Σ_j g(k, j), column_sums[j] += Σ_k g(k, j).
    void (*sums)(size_t depth, size_t columns, const float *g, float *row_sums, size_t stride, float *column_sums);

    /// c[i, k] = 0 where c[i, k] is negative.
    void (*relu)(size_t rows, size_t columns, float *c, size_t stride);
    /// c[i, k] = 0 where output[i, k] is not positive.
    void (*mask)(size_t rows, size_t columns, float *c, size_t stride, const float *output, size_t output_stride);
    /// sums[k] = Σ_i c[i, k], in the order of the rows.
    void (*column_sums)(size_t rows, size_t columns, const float *c, size_t stride, float *sums);
    /// target[i] += source[i]
    void (*add)(size_t count, float *target, const float *source);
    /// value[i] -= rate · gradient[i]
    void (*sgd)(size_t count, float *value, const float *gradient, float rate);
    /// value[i] *= factor
    void (*scale)(size_t count, float *value, float factor);
    /// velocity[i] = share · velocity[i] + gradient[i] + decay · value[i];   value[i] -= rate · velocity[i]. Without a velocity,
    /// share is 0 and nothing is kept.
    void (*momentum)(size_t count, float *value, const float *gradient, float *velocity, float rate, float share, float decay);
    /// Adam (Kingma and Ba 2015): `rate` is γ / (1 - β₁ᵗ), `root` is 1 / √(1 - β₂ᵗ).
    void (*adam)(size_t count, float *value, const float *gradient, float *first, float *second, float beta1, float beta2,
                 float epsilon, float rate, float root);

    /// y[i] = relu((x[i] - mean) / sqrt(variance + 1e-5)) for each row, with that row's mean and variance.
    void (*normalise)(size_t rows, size_t columns, const float *x, size_t x_stride, float *y, size_t y_stride);
    /// dx for dy, the gradient before ReLU.
    void (*normalise_backward)(size_t rows, size_t columns, const float *x, size_t x_stride, const float *dy, size_t dy_stride,
                               float *dx, size_t dx_stride);

    /// sums[k] = Σ_i (x[i, k] - shift[k]) and squares[k] = Σ_i (x[i, k] - shift[k])², in the order of the rows.
    void (*channel_moments)(size_t rows, size_t columns, const float *x, size_t stride, const float *shift, float *sums, float *squares);
    /// sums[k] = Σ_i dy[i, k] and products[k] = Σ_i dy[i, k] · (x[i, k] - shift[k]), in the order of the rows.
    void (*channel_products)(size_t rows, size_t columns, const float *dy, size_t dy_stride, const float *x, size_t x_stride,
                             const float *shift, float *sums, float *products);
    /// y[i, k] = a[k] · x[i, k] + b[k] · other[i, k] + c[k], without the second term where `other` is null; 0 in place of a negative
    /// one where `relu` is not 0.
    void (*channel_affine)(size_t rows, size_t columns, const float *x, size_t x_stride, const float *other, size_t other_stride,
                           const float *a, const float *b, const float *c, int32_t relu, float *y, size_t y_stride);
} pcn_kernels;

/// Tells the processor that this thread waits for another.
static inline void pcn_pause(void) {
#if defined(__x86_64__)
    __builtin_ia32_pause();
#elif defined(__aarch64__)
    __asm__ volatile("yield");
#endif
}

/// The sets that this processor can run, the fastest first; 0 past the last.
const pcn_kernels *pcn_kernels_at(size_t index);

/// The version of glibc; null with another C library.
const char *pcn_c_library_version(void);

#endif
