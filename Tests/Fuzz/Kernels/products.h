// multiply: sizes around those of tiles, strided and packed operands, every initial value and epilogue.

static void product_case(const pcn_kernels *set, input bytes) {
    pcn_product p = {.rows = 1 + below(&bytes, 24), .columns = 1 + below(&bytes, 52), .depth = below(&bytes, 18)};
    if (below(&bytes, 8) == 0) p.rows += 140;  // more than one block of rows
    const size_t panels = whole_panels(p.columns) / PCN_PANEL, row_major = below(&bytes, 2);
    p.a_packed = (int32_t)below(&bytes, 2);
    p.a_stride = p.a_packed ? set->rows : p.depth + below(&bytes, 5);
    p.a_group = p.depth * set->rows + below(&bytes, 3);
    p.b_panel = p.depth * PCN_PANEL + below(&bytes, 3);
    p.c_stride = row_major ? p.columns + below(&bytes, 5) : PCN_PANEL;
    p.c_panel = row_major ? PCN_PANEL : p.rows * PCN_PANEL;
    p.relu = (int32_t)below(&bytes, 2);
    const size_t start = below(&bytes, 3), end = below(&bytes, 2);
    const size_t last_row = p.rows - 1, last = p.columns - (panels - 1) * PCN_PANEL;
    const size_t a_count = p.a_packed ? last_row / set->rows * p.a_group + (p.depth ? (p.depth - 1) * p.a_stride : 0) + last_row % set->rows + 1
                                      : last_row * p.a_stride + p.depth;
    const size_t c_count = last_row * p.c_stride + (panels - 1) * p.c_panel + last;
    float *a = floats_of(&bytes, a_count), *b = floats_of(&bytes, (panels - 1) * p.b_panel + p.depth * PCN_PANEL);
    float *c = floats_of(&bytes, c_count), *expected = copy_of(c, c_count);
    float *bias = floats_of(&bytes, panels * PCN_PANEL), *times = floats_of(&bytes, c_count - last + PCN_PANEL);
    p.a = a, p.b = b, p.c = c;
    if (start == 1) p.adding = 1;
    if (start == 2) p.bias = bias;
    if (end == 1) p.times = times;
    set->multiply(&p);

    for (size_t i = 0; i < p.rows; i++)
        for (size_t j = 0; j < p.columns; j++) {
            const size_t place = i * p.c_stride + j / PCN_PANEL * p.c_panel + j % PCN_PANEL;
            float sum = p.adding ? expected[place] : p.bias ? bias[j] : 0;
            for (size_t k = 0; k < p.depth; k++) {
                const float left = p.a_packed ? a[i / set->rows * p.a_group + k * p.a_stride + i % set->rows] : a[i * p.a_stride + k];
                sum = multiply_add(set, left, b[j / PCN_PANEL * p.b_panel + k * PCN_PANEL + j % PCN_PANEL], sum);
            }
            if (p.times) sum *= times[place];
            expected[place] = p.relu && sum < 0 ? 0 : sum;
        }
    all_same(c, expected, c_count, "product", set);
    float *const blocks[] = {a, b, c, expected, bias, times};
    for (size_t i = 0; i < sizeof blocks / sizeof *blocks; i++) free(blocks[i]);
}
