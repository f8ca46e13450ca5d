// c = a·b over packed panels: ROWS × PANELS·16 sums stay in registers while the contraction runs.

// Rows of a block of a that is walked over for every panel: with 256 of the contraction, 128 kB, which stays in the second cache.
enum { BLOCK_ROWS = 24 * 6 };

// The sums of `rows` rows and `panels` panels from (row, panel) on. All four of the first parameters are constants.
INLINE void sum_tile(int rows, int panels, int packed, const pcn_product *p, size_t row, size_t panel, const float *a, float *c,
                     size_t c_stride, size_t c_panel) {
    floats sum[ROWS][PANELS];
    const size_t column = panel * PCN_PANEL;
    for (int r = 0; r < rows; r++)
        for (int q = 0; q < panels; q++)
            sum[r][q] = p->adding ? load(c + r * c_stride + q * c_panel)
                        : p->bias ? load(p->bias + column + q * PCN_PANEL)
                                  : all(0);
    const float *b = p->b + panel * p->b_panel;
    const size_t down = packed ? 1 : p->a_stride, along = packed ? p->a_stride : 1, b_panel = p->b_panel;
    for (size_t k = 0; k < p->depth; k++) {
        if (packed) __builtin_prefetch(a + (k + 64) * along);  // packed rows go on into those of the next tile
        floats factor[PANELS];
        for (int q = 0; q < panels; q++) factor[q] = load(b + q * b_panel + k * PCN_PANEL);
        for (int r = 0; r < rows; r++) {
            const floats value = all(a[r * down + k * along]);
            for (int q = 0; q < panels; q++) sum[r][q] = multiply_add(value, factor[q], sum[r][q]);
        }
    }
    if (p->times)
        for (int r = 0; r < rows; r++)
            for (int q = 0; q < panels; q++)
                sum[r][q] *= load(p->times + (row + r) * p->c_stride + (panel + q) * p->c_panel);
    for (int r = 0; r < rows; r++)
        for (int q = 0; q < panels; q++) {
            if (p->relu) sum[r][q] = sum[r][q] < all(0) ? all(0) : sum[r][q];
            store(c + r * c_stride + q * c_panel, sum[r][q]);
        }
}

// A tile whose last panel is not whole: c is read and written through a copy, so that nothing beside it is touched.
INLINE void sum_edge(int rows, int packed, const pcn_product *p, size_t row, size_t panel, const float *a) {
    float copy[ROWS * PCN_PANEL] = {0};
    float *c = p->c + row * p->c_stride + panel * p->c_panel;
    const size_t bytes = (p->columns - panel * PCN_PANEL) * sizeof *c;
    if (p->adding)
        for (int r = 0; r < rows; r++) memcpy(copy + r * PCN_PANEL, c + r * p->c_stride, bytes);
    sum_tile(rows, 1, packed, p, row, panel, a, copy, PCN_PANEL, 0);
    for (int r = 0; r < rows; r++) memcpy(c + r * p->c_stride, copy + r * PCN_PANEL, bytes);
}

// Rows first ..< last, at most one block, of the panels from `panel` on: as many rows at a time as are left, and are a constant.
INLINE void sum_rows(int panels, int packed, const pcn_product *p, size_t first, size_t last, size_t panel) {
    const int edge = (panel + panels) * PCN_PANEL > p->columns;
    for (size_t row = first; row < last;) {
        const size_t left = last - row;
        const float *a = packed ? p->a + row / ROWS * p->a_group + row % ROWS : p->a + row * p->a_stride;
        float *c = p->c + row * p->c_stride + panel * p->c_panel;
#define STEP(N)                                                                                                   \
    {                                                                                                             \
        if (edge) sum_edge(N, packed, p, row, panel, a);                                                          \
        else sum_tile(N, panels, packed, p, row, panel, a, c, p->c_stride, p->c_panel);                           \
        row += N;                                                                                                 \
    }
        if (left >= ROWS) STEP(ROWS)
        else if (left >= 4) STEP(4)
        else if (left >= 2) STEP(2)
        else STEP(1)
#undef STEP
    }
}

INLINE void sum_blocks(int packed, const pcn_product *p) {
    const size_t whole = p->columns / PCN_PANEL, count = (p->columns + PCN_PANEL - 1) / PCN_PANEL;
    for (size_t first = 0; first < p->rows; first += BLOCK_ROWS) {
        const size_t last = p->rows - first < BLOCK_ROWS ? p->rows : first + BLOCK_ROWS;
        size_t panel = 0;
        for (; panel + PANELS <= whole; panel += PANELS) sum_rows(PANELS, packed, p, first, last, panel);
        for (; panel < count; panel++) sum_rows(1, packed, p, first, last, panel);
    }
}

static void multiply(const pcn_product *p) {
    if (p->a_packed) sum_blocks(1, p);
    else sum_blocks(0, p);
}
