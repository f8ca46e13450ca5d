// Element-wise passes over activations, gradients and parameters.
#include <math.h>

#include "dispatch.h"
#include "kernels.h"

DISPATCHED void pcn_multiply(size_t rows, size_t columns, float *a, size_t stride_a, const float *b, size_t stride_b) {
    for (size_t j = 0; j < rows; j++)
        for (size_t k = 0; k < columns; k++) a[j * stride_a + k] *= b[j * stride_b + k];
}

DISPATCHED void pcn_bias(size_t rows, size_t columns, float *y, size_t stride, const float *bias, int relu) {
    for (size_t i = 0; i < rows; i++) {
        float *row = y + i * stride;
        if (relu)
            for (size_t k = 0; k < columns; k++) {
                float value = row[k] + bias[k];
                row[k] = value < 0.0f ? 0.0f : value;  // a NaN stays: divergence must show in the loss
            }
        else
            for (size_t k = 0; k < columns; k++) row[k] += bias[k];
    }
}

DISPATCHED void pcn_bias_backward(size_t rows, size_t columns, float *dy, const float *y, size_t stride, float *d_bias,
                                  int relu) {
    for (size_t k = 0; k < columns; k++) d_bias[k] = 0;
    for (size_t i = 0; i < rows; i++) {
        float *row = dy + i * stride;
        const float *output = y + i * stride;
        if (relu)
            for (size_t k = 0; k < columns; k++) row[k] = output[k] > 0.0f ? row[k] : 0.0f;
        for (size_t k = 0; k < columns; k++) d_bias[k] += row[k];
    }
}

DISPATCHED void pcn_add(size_t count, float *target, const float *source) {
    for (size_t i = 0; i < count; i++) target[i] += source[i];
}

DISPATCHED void pcn_sgd(size_t count, float *value, const float *gradient, float rate) {
    for (size_t i = 0; i < count; i++) value[i] -= rate * gradient[i];
}

DISPATCHED void pcn_adam(size_t count, float *value, const float *gradient, float *first, float *second, float beta1,
                         float beta2, float epsilon, float rate, float root) {
    for (size_t i = 0; i < count; i++) {
        float g = gradient[i];
        float m = beta1 * first[i] + (1.0f - beta1) * g;
        float v = beta2 * second[i] + (1.0f - beta2) * g * g;
        first[i] = m;
        second[i] = v;
        value[i] -= rate * m / (sqrtf(v) * root + epsilon);
    }
}
