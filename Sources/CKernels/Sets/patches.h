// Convolution as a product: each output position's patch of the input is a row.

INLINE void copy_floats(float *target, const float *source, size_t count) {
    for (; count >= PCN_PANEL; count -= PCN_PANEL, target += PCN_PANEL, source += PCN_PANEL) store(target, load(source));
    for (size_t i = 0; i < count; i++) target[i] = source[i];
}

INLINE void zero_floats(float *target, size_t count) {
    for (; count >= PCN_PANEL; count -= PCN_PANEL, target += PCN_PANEL) store(target, all(0));
    for (size_t i = 0; i < count; i++) target[i] = 0;
}

// Part first ..< last of one kernel row's floats, (kx, c), of a patch whose left edge is `start` floats into an image row of
// `width` floats: what lies outside is zero.
INLINE void patch_row(const float *row, ptrdiff_t start, size_t width, size_t first, size_t last, float *out) {
    ptrdiff_t from = start + (ptrdiff_t)first, to = start + (ptrdiff_t)last;
    const ptrdiff_t left = from < 0 ? (to < 0 ? to : 0) : from;
    const ptrdiff_t right = to > (ptrdiff_t)width ? ((ptrdiff_t)width > left ? (ptrdiff_t)width : left) : to;
    zero_floats(out, left - from);
    copy_floats(out + (left - from), row + left, right > left ? right - left : 0);
    const ptrdiff_t end = right > left ? right : left;
    zero_floats(out + (end - from), to - end);
}

static void patches(const pcn_patches *g, size_t first, size_t last, size_t from, size_t to, float *out, size_t stride) {
    const size_t along = g->kernel_width * g->channels, width = g->width * g->channels;
    for (size_t row = first; row < last; row++, out += stride) {
        const size_t ox = row % g->out_width, oy = row / g->out_width % g->out_height;
        const float *image = g->x + row / g->out_width / g->out_height * g->image_stride;
        const ptrdiff_t top = (ptrdiff_t)(oy * g->stride) + g->top, left = (ptrdiff_t)(ox * g->stride) + g->left;
        float *target = out;
        for (size_t ky = from / along; ky * along < to; ky++) {
            const size_t begin = ky * along < from ? from - ky * along : 0;
            const size_t end = (ky + 1) * along > to ? to - ky * along : along;
            const ptrdiff_t y = top + (ptrdiff_t)ky;
            if (y < 0 || y >= (ptrdiff_t)g->height) zero_floats(target, end - begin);
            else patch_row(image + y * width, left * (ptrdiff_t)g->channels, width, begin, end, target);
            target += end - begin;
        }
    }
}
