// Max pooling over windows of images, sixteen channels at a time; a NaN in a window is its maximum.

INLINE floats load_some(const float *source, size_t count) {
    floats value = all(0);
    if (count >= PCN_PANEL) return load(source);
    memcpy(&value, source, count * sizeof *source);
    return value;
}

INLINE void store_some(float *target, floats value, size_t count) {
    if (count >= PCN_PANEL) store(target, value);
    else memcpy(target, &value, count * sizeof *target);
}

// The window of an output position, as far as it lies inside: its first row and column, and those past the last.
typedef struct {
    size_t top, left, bottom, right;
} window;

INLINE window window_of(const pcn_patches *g, size_t oy, size_t ox) {
    const size_t top = oy * g->stride, left = ox * g->stride;
    const size_t bottom = top + g->kernel_height, right = left + g->kernel_width;
    return (window){top, left, bottom < g->height ? bottom : g->height, right < g->width ? right : g->width};
}

static void max_pool(const pcn_patches *g, size_t image, float *y) {
    const float *x = g->x + image * g->image_stride;
    for (size_t oy = 0; oy < g->out_height; oy++)
        for (size_t ox = 0; ox < g->out_width; ox++, y += g->channels) {
            const window w = window_of(g, oy, ox);
            for (size_t c = 0; c < g->channels; c += PCN_PANEL) {
                const size_t count = g->channels - c;
                floats most = load_some(x + (w.top * g->width + w.left) * g->channels + c, count);
                for (size_t iy = w.top; iy < w.bottom; iy++)
                    for (size_t ix = w.left; ix < w.right; ix++) {
                        const floats value = load_some(x + (iy * g->width + ix) * g->channels + c, count);
                        most = value > most || value != value ? value : most;
                    }
                store_some(y + c, most, count);
            }
        }
}

static void max_pool_backward(const pcn_patches *g, size_t image, const float *y, const float *dy, float *dx) {
    const float *x = g->x + image * g->image_stride;
    zero_floats(dx, g->height * g->width * g->channels);
    for (size_t oy = 0; oy < g->out_height; oy++)
        for (size_t ox = 0; ox < g->out_width; ox++, y += g->channels, dy += g->channels) {
            const window w = window_of(g, oy, ox);
            for (size_t c = 0; c < g->channels; c += PCN_PANEL) {
                const size_t count = g->channels - c;
                const floats most = load_some(y + c, count);
                floats rest = load_some(dy + c, count);  // zero once the first maximum of the window has it
                for (size_t iy = w.top; iy < w.bottom; iy++)
                    for (size_t ix = w.left; ix < w.right; ix++) {
                        const size_t place = (iy * g->width + ix) * g->channels + c;
                        const floats value = load_some(x + place, count);
                        const floats share = value == most || value != value ? rest : all(0);
                        rest = value == most || value != value ? all(0) : rest;
                        store_some(dx + place, load_some(dx + place, count) + share, count);
                    }
            }
        }
}
