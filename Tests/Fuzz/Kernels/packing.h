// pack and pack_transposed: every element is at its place, and the padding is zero.

static void packing_case(const pcn_kernels *set, input bytes) {
    const size_t depth = below(&bytes, 50), columns = 1 + below(&bytes, 70);
    const size_t transposed = below(&bytes, 2), width = transposed || below(&bytes, 2) ? PCN_PANEL : set->rows;
    const size_t panels = (columns + width - 1) / width, panel = depth * width + (transposed ? 0 : below(&bytes, 3));
    const size_t stride = (transposed ? depth : columns) + below(&bytes, 5);
    const size_t rows = transposed ? columns : depth, across = transposed ? depth : columns;
    float *source = floats_of(&bytes, rows ? (rows - 1) * stride + across : 0);
    const size_t count = depth ? (panels - 1) * panel + depth * width : 0;
    float *packed = floats_of(&bytes, count), *expected = copy_of(packed, count);
    if (transposed) set->pack_transposed(depth, columns, source, stride, packed);
    else set->pack(depth, columns, width, source, stride, packed, panel);
    for (size_t p = 0; p < panels; p++)
        for (size_t k = 0; k < depth; k++)
            for (size_t l = 0; l < width; l++) {
                const size_t column = p * width + l;
                const float value = column >= columns ? 0 : transposed ? source[column * stride + k] : source[k * stride + column];
                expected[p * panel + k * width + l] = value;
            }
    all_same(packed, expected, count, transposed ? "pack_transposed" : "pack", set);
    free(source), free(packed), free(expected);
}
