// Channels over many positions, for batch normalisation: x (rows, columns), a position in each row.

INLINE float multiply_add_one(float a, float b, float c) { return FUSED ? fmaf(a, b, c) : a * b + c; }

// sums[k] = Σ_i (x[i, k] - shift[k]) and squares[k] = Σ_i (x[i, k] - shift[k])², in the order of the rows.
static void channel_moments(size_t rows, size_t columns, const float *x, size_t stride, const float *shift, float *sums, float *squares) {
    const size_t whole = columns / PCN_PANEL * PCN_PANEL;
    for (size_t k = 0; k < whole; k += PCN_PANEL) {
        const floats origin = load(shift + k);
        floats sum = all(0), square = all(0);
        for (size_t i = 0; i < rows; i++) {
            const floats c = load(x + i * stride + k) - origin;
            sum += c;
            square = multiply_add(c, c, square);
        }
        store(sums + k, sum);
        store(squares + k, square);
    }
    for (size_t k = whole; k < columns; k++) {
        float sum = 0, square = 0;
        for (size_t i = 0; i < rows; i++) {
            const float c = x[i * stride + k] - shift[k];
            sum += c;
            square = multiply_add_one(c, c, square);
        }
        sums[k] = sum;
        squares[k] = square;
    }
}

// sums[k] = Σ_i dy[i, k] and products[k] = Σ_i dy[i, k] · (x[i, k] - shift[k]), in the order of the rows.
static void channel_products(size_t rows, size_t columns, const float *dy, size_t dy_stride, const float *x, size_t x_stride,
                             const float *shift, float *sums, float *products) {
    const size_t whole = columns / PCN_PANEL * PCN_PANEL;
    for (size_t k = 0; k < whole; k += PCN_PANEL) {
        const floats origin = load(shift + k);
        floats sum = all(0), product = all(0);
        for (size_t i = 0; i < rows; i++) {
            const floats g = load(dy + i * dy_stride + k);
            sum += g;
            product = multiply_add(g, load(x + i * x_stride + k) - origin, product);
        }
        store(sums + k, sum);
        store(products + k, product);
    }
    for (size_t k = whole; k < columns; k++) {
        float sum = 0, product = 0;
        for (size_t i = 0; i < rows; i++) {
            const float g = dy[i * dy_stride + k];
            sum += g;
            product = multiply_add_one(g, x[i * x_stride + k] - shift[k], product);
        }
        sums[k] = sum;
        products[k] = product;
    }
}

// y[i, k] = a[k] · x[i, k] + b[k] · other[i, k] + c[k], without the second term where `other` is null, and 0 in place of a negative one
// where `relu` is not 0.
static void channel_affine(size_t rows, size_t columns, const float *x, size_t x_stride, const float *other, size_t other_stride,
                           const float *a, const float *b, const float *c, int32_t relu, float *y, size_t y_stride) {
    const size_t whole = columns / PCN_PANEL * PCN_PANEL;
    for (size_t i = 0; i < rows; i++, x += x_stride, y += y_stride) {
        for (size_t k = 0; k < whole; k += PCN_PANEL) {
            floats value = multiply_add(load(x + k), load(a + k), load(c + k));
            if (other) value = multiply_add(load(other + k), load(b + k), value);
            if (relu) value = value < 0 ? all(0) : value;
            store(y + k, value);
        }
        for (size_t k = whole; k < columns; k++) {
            float value = multiply_add_one(x[k], a[k], c[k]);
            if (other) value = multiply_add_one(other[k], b[k], value);
            y[k] = relu && value < 0 ? 0 : value;
        }
        if (other) other += other_stride;
    }
}
