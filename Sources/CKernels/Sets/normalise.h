// Rows with mean 0 and variance 1, without parameters: h = (x - mean) / sqrt(variance + 1e-5), and y = relu(h).

// The sum of a vector's elements, in their order.
INLINE float lane_sum(floats v) {
    float sum = 0;
    for (int l = 0; l < PCN_PANEL; l++) sum += v[l];
    return sum;
}

// The first `count` floats, and zeros.
INLINE floats load_part(const float *source, size_t count) {
    floats value = all(0);
    memcpy(&value, source, count * sizeof(float));
    return value;
}

typedef struct {
    float mean, scale;
} row_moments;

// The mean of a row, and 1 / sqrt(variance + 1e-5). Every sixteenth element is one sum, and the sixteen sums are added in order.
INLINE row_moments moments(size_t columns, const float *x) {
    size_t whole = columns / PCN_PANEL * PCN_PANEL, rest = columns - whole;
    floats sum = all(0), squares = all(0);
    for (size_t k = 0; k < whole; k += PCN_PANEL) sum += load(x + k);
    sum += load_part(x + whole, rest);
    float mean = lane_sum(sum) / (float)columns;
    for (size_t k = 0; k < whole; k += PCN_PANEL) {
        floats c = load(x + k) - mean;
        squares = multiply_add(c, c, squares);
    }
    float variance = lane_sum(squares);
    for (size_t k = whole; k < columns; k++) variance += (x[k] - mean) * (x[k] - mean);
    return (row_moments){mean, 1.0f / sqrtf(variance / (float)columns + 1e-5f)};
}

static void normalise(size_t rows, size_t columns, const float *x, size_t x_stride, float *y, size_t y_stride) {
    for (size_t i = 0; i < rows; i++, x += x_stride, y += y_stride) {
        row_moments m = moments(columns, x);
        for (size_t k = 0; k < columns; k++) {
            float h = (x[k] - m.mean) * m.scale;
            y[k] = h < 0 ? 0 : h;
        }
    }
}

static void normalise_backward(size_t rows, size_t columns, const float *x, size_t x_stride, const float *dy, size_t dy_stride,
                               float *dx, size_t dx_stride) {
    size_t whole = columns / PCN_PANEL * PCN_PANEL;
    for (size_t i = 0; i < rows; i++, x += x_stride, dy += dy_stride, dx += dx_stride) {
        row_moments m = moments(columns, x);
        floats sums = all(0), products = all(0);
        for (size_t k = 0; k < whole; k += PCN_PANEL) {
            floats g = load(dy + k);
            sums += g;
            products = multiply_add(g, (load(x + k) - m.mean) * m.scale, products);
        }
        float sum = lane_sum(sums), product = lane_sum(products);
        for (size_t k = whole; k < columns; k++) {
            sum += dy[k];
            product += dy[k] * ((x[k] - m.mean) * m.scale);
        }
        sum /= (float)columns;
        product /= (float)columns;
        for (size_t k = 0; k < columns; k++) dx[k] = m.scale * (dy[k] - sum - (x[k] - m.mean) * m.scale * product);
    }
}
