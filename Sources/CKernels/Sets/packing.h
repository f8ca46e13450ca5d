// Copies of a matrix's parts in the order in which the products read them.

static void pack(size_t depth, size_t columns, size_t width, const float *source, size_t stride, float *packed, size_t panel) {
    for (size_t first = 0; first < columns; first += width, packed += panel) {
        const size_t count = columns - first < width ? columns - first : width;
        const float *from = source + first;
        float *to = packed;
        for (size_t k = 0; k < depth; k++, to += width, from += stride) {
            if (count == PCN_PANEL) store(to, load(from));
            else if (count == width && count == 8) memcpy(to, from, 8 * sizeof *from);
            else
                for (size_t l = 0; l < width; l++) to[l] = l < count ? from[l] : 0;
        }
    }
}

// What takes the place of two rows when the blocks of SPAN floats off the diagonal change places.
#define EXCHANGE(name, ...) \
    INLINE floats name(floats a, floats b) { return __builtin_shufflevector(a, b, __VA_ARGS__); }
EXCHANGE(upper_8, 0, 1, 2, 3, 4, 5, 6, 7, 16, 17, 18, 19, 20, 21, 22, 23)
EXCHANGE(lower_8, 8, 9, 10, 11, 12, 13, 14, 15, 24, 25, 26, 27, 28, 29, 30, 31)
EXCHANGE(upper_4, 0, 1, 2, 3, 16, 17, 18, 19, 8, 9, 10, 11, 24, 25, 26, 27)
EXCHANGE(lower_4, 4, 5, 6, 7, 20, 21, 22, 23, 12, 13, 14, 15, 28, 29, 30, 31)
EXCHANGE(upper_2, 0, 1, 16, 17, 4, 5, 20, 21, 8, 9, 24, 25, 12, 13, 28, 29)
EXCHANGE(lower_2, 2, 3, 18, 19, 6, 7, 22, 23, 10, 11, 26, 27, 14, 15, 30, 31)
EXCHANGE(upper_1, 0, 16, 2, 18, 4, 20, 6, 22, 8, 24, 10, 26, 12, 28, 14, 30)
EXCHANGE(lower_1, 1, 17, 3, 19, 5, 21, 7, 23, 9, 25, 11, 27, 13, 29, 15, 31)
#undef EXCHANGE

// The transpose of sixteen rows of sixteen floats, in four rounds over ever smaller blocks.
INLINE void transpose(floats row[PCN_PANEL]) {
#define ROUND(SPAN)                                          \
    for (int i = 0; i < PCN_PANEL; i++)                      \
        if (!(i & SPAN)) {                                   \
            const floats a = row[i], b = row[i + SPAN];      \
            row[i] = upper_##SPAN(a, b);                     \
            row[i + SPAN] = lower_##SPAN(a, b);              \
        }
    ROUND(8)
    ROUND(4)
    ROUND(2)
    ROUND(1)
#undef ROUND
}

static void pack_transposed(size_t depth, size_t columns, const float *source, size_t stride, float *packed) {
    for (size_t first = 0; first < columns; first += PCN_PANEL, source += PCN_PANEL * stride) {
        const size_t count = columns - first < PCN_PANEL ? columns - first : PCN_PANEL;
        size_t k = 0;
        for (; count == PCN_PANEL && k + PCN_PANEL <= depth; k += PCN_PANEL, packed += PCN_PANEL * PCN_PANEL) {
            floats row[PCN_PANEL];
            for (size_t l = 0; l < PCN_PANEL; l++) row[l] = load(source + l * stride + k);
            transpose(row);
            for (size_t l = 0; l < PCN_PANEL; l++) store(packed + l * PCN_PANEL, row[l]);
        }
        for (; k < depth; k++, packed += PCN_PANEL)
            for (size_t l = 0; l < PCN_PANEL; l++) packed[l] = l < count ? source[l * stride + k] : 0;
    }
}
