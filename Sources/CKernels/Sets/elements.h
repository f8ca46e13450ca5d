// Element-wise passes over gradients and parameters.

static void relu(size_t rows, size_t columns, float *c, size_t stride) {
    for (size_t i = 0; i < rows; i++, c += stride)
        for (size_t k = 0; k < columns; k++) c[k] = c[k] < 0 ? 0 : c[k];
}

static void mask(size_t rows, size_t columns, float *c, size_t stride, const float *output, size_t output_stride) {
    for (size_t i = 0; i < rows; i++, c += stride, output += output_stride)
        for (size_t k = 0; k < columns; k++) c[k] = output[k] > 0 ? c[k] : 0;
}

static void column_sums(size_t rows, size_t columns, const float *c, size_t stride, float *sums) {
    for (size_t k = 0; k < columns; k++) sums[k] = 0;
    for (size_t i = 0; i < rows; i++, c += stride)
        for (size_t k = 0; k < columns; k++) sums[k] += c[k];
}

static void add(size_t count, float *target, const float *source) {
    for (size_t i = 0; i < count; i++) target[i] += source[i];
}

static void sgd(size_t count, float *value, const float *gradient, float rate) {
    for (size_t i = 0; i < count; i++) value[i] -= rate * gradient[i];
}

static void scale(size_t count, float *value, float factor) {
    for (size_t i = 0; i < count; i++) value[i] *= factor;
}

static void momentum(size_t count, float *value, const float *gradient, float *velocity, float rate, float share, float decay) {
    if (!velocity) {
        for (size_t i = 0; i < count; i++) value[i] -= rate * (gradient[i] + decay * value[i]);
        return;
    }
    for (size_t i = 0; i < count; i++) {
        velocity[i] = share * velocity[i] + (gradient[i] + decay * value[i]);
        value[i] -= rate * velocity[i];
    }
}

static void adam(size_t count, float *value, const float *gradient, float *first, float *second, float beta1, float beta2,
                 float epsilon, float rate, float root) {
    for (size_t i = 0; i < count; i++) {
        float g = gradient[i];
        float m = beta1 * first[i] + (1.0f - beta1) * g;
        float v = beta2 * second[i] + (1.0f - beta2) * g * g;
        first[i] = m;
        second[i] = v;
        value[i] -= rate * m / (sqrtf(v) * root + epsilon);
    }
}
