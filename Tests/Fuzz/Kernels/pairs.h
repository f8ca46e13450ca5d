// weights and sums, then the elementwise kernels.

static float sine_of_turns(const pcn_kernels *set, float w) {
    const float x = w * 6.28318530717958648f, s = x * x;
    const float terms[] = {1.0f / 362880, -1.0f / 5040, 1.0f / 120, -1.0f / 6};
    float p = -1.0f / 39916800;
    for (int i = 0; i < 4; i++) p = multiply_add(set, p, s, terms[i]);
    return multiply_add(set, x * s, p, x);
}

static float weight(const pcn_kernels *set, pcn_weight_function f, float sum, float *slope) {
    const float z = f.distance == PCN_EUCLIDEAN ? sqrtf(sum) : sum, turns = z * f.inverse_period, t = turns - floorf(turns);
    float value;
    if (f.wave == PCN_TRIANGLE) {
        const float ramp = 2 * t - 1;
        *slope = ramp < 0 ? (t > 0 ? 2 : 0) : ramp > 0 ? -2 : 0;
        value = 0.5f - fabsf(ramp);
    } else {
        const float u = t - 0.5f, size = fabsf(u), rest = 0.5f - size;
        *slope = -3.14159265358979324f * sine_of_turns(set, copysignf(size < rest ? size : rest, u));
        value = 0.5f * sine_of_turns(set, 0.25f - size);
    }
    *slope *= f.amplitude * f.inverse_period;
    if (f.distance == PCN_EUCLIDEAN) *slope = z > 0 ? *slope / z : 0;
    if (f.distance == PCN_SQUARED) *slope *= 2;
    return f.amplitude * value;
}

static void pair_case(const pcn_kernels *set, input bytes) {
    const size_t depth = 1 + below(&bytes, 40), columns = 1 + below(&bytes, 50), d = 1 + below(&bytes, 20);
    const pcn_weight_function f = {(int32_t)below(&bytes, 3), (int32_t)below(&bytes, 2), 0.25f + (float)below(&bytes, 40), 0.125f * (float)below(&bytes, 9)};
    const size_t count = depth * whole_panels(columns), has_slopes = below(&bytes, 2);
    float *a = floats_of(&bytes, depth * d), *b = floats_of(&bytes, d * whole_panels(columns));
    float *weights = floats_of(&bytes, count), *slopes = floats_of(&bytes, count);
    set->weights(f, depth, columns, d, a, b, weights, has_slopes ? slopes : 0);
    for (size_t k = 0; k < columns; k++)
        for (size_t j = 0; j < depth; j++) {
            const size_t panel = k / PCN_PANEL, place = (panel * depth + j) * PCN_PANEL + k % PCN_PANEL;
            float sum = 0, slope;
            for (size_t c = 0; c < d; c++) {
                const float x = a[j * d + c], y = b[(panel * d + c) * PCN_PANEL + k % PCN_PANEL], difference = x - y;
                sum = f.distance == PCN_DOT ? multiply_add(set, x, y, sum) : multiply_add(set, difference, difference, sum);
            }
            same(weights[place], weight(set, f, sum, &slope), "weights", set, place);
            if (has_slopes) same(slopes[place], slope, "slopes", set, place);
        }
    free(a), free(b), free(weights), free(slopes);
}

static float exponential(const pcn_kernels *set, float x) {
    const float scaled = x * 1.44269504088896341f, turns = scaled < -126 ? -126 : scaled, n = floorf(turns + 0.5f);
    const float t = (turns - n) * 0.693147180559945309f;
    const float terms[] = {1.0f / 720, 1.0f / 120, 1.0f / 24, 1.0f / 6, 0.5f, 1, 1};
    float p = 1.0f / 5040;
    for (int i = 0; i < 7; i++) p = multiply_add(set, p, t, terms[i]);
    return isnan(n) ? n : p * ldexpf(1, (int)n);
}

static void gaussian_case(const pcn_kernels *set, input bytes) {
    const size_t depth = 1 + below(&bytes, 40), columns = 1 + below(&bytes, 50), d = 2 + below(&bytes, 20), by_rows = below(&bytes, 2);
    const size_t count = depth * whole_panels(columns);
    float *a = floats_of(&bytes, depth * d), *b = floats_of(&bytes, d * whole_panels(columns));
    float *scales = floats_of(&bytes, by_rows ? depth : whole_panels(columns)), *tile = floats_of(&bytes, count);
    for (size_t i = 0; i < (by_rows ? depth : whole_panels(columns)); i++) scales[i] = fabsf(scales[i]);
    float *expected = copy_of(tile, count);
    set->gaussian(depth, columns, d, a, b, by_rows ? scales : 0, by_rows ? 0 : scales, tile);
    for (size_t k = 0; k < columns; k++)
        for (size_t j = 0; j < depth; j++) {
            const size_t panel = k / PCN_PANEL, place = (panel * depth + j) * PCN_PANEL + k % PCN_PANEL;
            const float across = a[j * d] - b[panel * d * PCN_PANEL + k % PCN_PANEL];
            const float down = a[j * d + 1] - b[(panel * d + 1) * PCN_PANEL + k % PCN_PANEL];
            const float squared = multiply_add(set, down, down, across * across);
            same(tile[place], expected[place] * exponential(set, -scales[by_rows ? j : k] * squared), "gaussian", set, place);
        }
    free(a), free(b), free(scales), free(tile), free(expected);
}

static void sums_case(const pcn_kernels *set, input bytes) {
    const size_t depth = 1 + below(&bytes, 40), columns = 1 + below(&bytes, 50), stride = 1 + below(&bytes, 3);
    const size_t rows = (depth - 1) * stride + 1, whole = whole_panels(columns);
    float *g = floats_of(&bytes, depth * whole);
    float *row_sums = floats_of(&bytes, rows), *expected_rows = copy_of(row_sums, rows);
    float *column_sums = floats_of(&bytes, whole), *expected_columns = copy_of(column_sums, whole);
    set->sums(depth, columns, g, row_sums, stride, column_sums);
    for (size_t panel = 0; panel * PCN_PANEL < columns; panel++)
        for (size_t k = 0; k < depth; k++) {
            // A tree reduction over sixteen columns: distance 8, 4, 2, then 1.
            float tree[PCN_PANEL];
            for (size_t l = 0; l < PCN_PANEL; l++) {
                const float value = g[(panel * depth + k) * PCN_PANEL + l];
                expected_columns[panel * PCN_PANEL + l] += value;
                tree[l] = panel * PCN_PANEL + l < columns ? value : 0;
            }
            for (size_t half = 8; half >= 1; half /= 2)
                for (size_t l = 0; l < half; l++) tree[l] += tree[l + half];
            expected_rows[k * stride] += tree[0];
        }
    all_same(row_sums, expected_rows, rows, "row sums", set);
    all_same(column_sums, expected_columns, columns, "column sums", set);
    free(g), free(row_sums), free(expected_rows), free(column_sums), free(expected_columns);
}

static void element_case(const pcn_kernels *set, input bytes) {
    const size_t rows = 1 + below(&bytes, 20), columns = 1 + below(&bytes, 50), stride = columns + below(&bytes, 3);
    const size_t count = (rows - 1) * stride + columns, is_masked = below(&bytes, 2);
    float *value = floats_of(&bytes, count), *expected = copy_of(value, count), *gradient = floats_of(&bytes, count);
    float *sums = floats_of(&bytes, columns), *expected_sums = calloc(columns, sizeof *sums);
    if (is_masked) set->mask(rows, columns, value, stride, gradient, stride);
    else set->relu(rows, columns, value, stride);
    set->column_sums(rows, columns, value, stride, sums);
    for (size_t i = 0; i < rows; i++)
        for (size_t k = 0; k < columns; k++) {
            float *v = expected + i * stride + k;
            if (is_masked ? !(gradient[i * stride + k] > 0) : *v < 0) *v = 0;
            expected_sums[k] += *v;
        }
    all_same(sums, expected_sums, columns, "the sums of the columns", set);
    set->add(count, value, gradient);
    set->sgd(count, value, gradient, 0.01f);
    float *first = floats_of(&bytes, count), *second = floats_of(&bytes, count);
    float *expected_first = copy_of(first, count), *expected_second = copy_of(second, count);
    for (size_t i = 0; i < count; i++) {
        expected[i] += gradient[i];
        expected[i] -= 0.01f * gradient[i];
        expected_first[i] = 0.9f * first[i] + (1.0f - 0.9f) * gradient[i];
        expected_second[i] = 0.999f * second[i] + (1.0f - 0.999f) * gradient[i] * gradient[i];
        expected[i] -= 0.1f * expected_first[i] / (sqrtf(expected_second[i]) * 1.5f + 1e-8f);
    }
    set->adam(count, value, gradient, first, second, 0.9f, 0.999f, 1e-8f, 0.1f, 1.5f);
    all_same(first, expected_first, count, "adam's first moment", set);
    all_same(second, expected_second, count, "adam's second moment", set);
    all_same(value, expected, count, "relu, mask, add, sgd and adam", set);
    float *const blocks[] = {value, expected, gradient, sums, expected_sums, first, second, expected_first, expected_second};
    for (size_t i = 0; i < sizeof blocks / sizeof *blocks; i++) free(blocks[i]);
}
