// patches, max_pool and max_pool_backward on small images with padding, strides and gaps between images.

static void patches_case(const pcn_kernels *set, input bytes) {
    pcn_patches g = {.height = 1 + below(&bytes, 9), .width = 1 + below(&bytes, 9), .channels = 1 + below(&bytes, 40)};
    g.kernel_height = 1 + below(&bytes, 6), g.kernel_width = 1 + below(&bytes, 6);
    g.out_height = 1 + below(&bytes, 8), g.out_width = 1 + below(&bytes, 8), g.stride = 1 + below(&bytes, 4);
    g.top = (ptrdiff_t)below(&bytes, 13) - 6, g.left = (ptrdiff_t)below(&bytes, 13) - 6;
    const size_t images = 1 + below(&bytes, 3), size = g.height * g.width * g.channels;
    g.image_stride = size + below(&bytes, 3);
    const size_t rows = images * g.out_height * g.out_width, columns = g.kernel_height * g.kernel_width * g.channels;
    const size_t first = below(&bytes, 256) * rows / 256, last = first + 1 + below(&bytes, 256) * (rows - first - 1) / 255;
    const size_t from = below(&bytes, 256) * columns / 256, to = from + 1 + below(&bytes, 256) * (columns - from - 1) / 255;
    const size_t stride = to - from + below(&bytes, 3), count = (last - first - 1) * stride + to - from;
    float *x = floats_of(&bytes, (images - 1) * g.image_stride + size);
    float *out = floats_of(&bytes, count), *expected = copy_of(out, count);
    g.x = x;
    set->patches(&g, first, last, from, to, out, stride);
    for (size_t row = first; row < last; row++)
        for (size_t at = from; at < to; at++) {
            const size_t c = at % g.channels, kx = at / g.channels % g.kernel_width, ky = at / g.channels / g.kernel_width;
            const ptrdiff_t oy = row / g.out_width % g.out_height, ox = row % g.out_width;
            const ptrdiff_t iy = oy * (ptrdiff_t)g.stride + g.top + (ptrdiff_t)ky, ix = ox * (ptrdiff_t)g.stride + g.left + (ptrdiff_t)kx;
            const int inside = iy >= 0 && ix >= 0 && iy < (ptrdiff_t)g.height && ix < (ptrdiff_t)g.width;
            const float *image = x + row / g.out_width / g.out_height * g.image_stride;
            expected[(row - first) * stride + at - from] = inside ? image[(iy * g.width + ix) * g.channels + c] : 0;
        }
    all_same(out, expected, count, "patches", set);
    free(x), free(out), free(expected);
}

static void pool_case(const pcn_kernels *set, input bytes) {
    pcn_patches g = {.height = 1 + below(&bytes, 9), .width = 1 + below(&bytes, 9), .channels = 1 + below(&bytes, 40)};
    g.kernel_height = 1 + below(&bytes, 4), g.kernel_width = 1 + below(&bytes, 4), g.stride = 1 + below(&bytes, 4);
    // Every window begins inside the image.
    g.out_height = 1 + below(&bytes, 256) * ((g.height - 1) / g.stride) / 255;
    g.out_width = 1 + below(&bytes, 256) * ((g.width - 1) / g.stride) / 255;
    const size_t size = g.height * g.width * g.channels, outputs = g.out_height * g.out_width * g.channels;
    g.image_stride = size;
    const size_t image = below(&bytes, 2);
    float *x = floats_of(&bytes, (image + 1) * size), *y = floats_of(&bytes, outputs), *dy = floats_of(&bytes, outputs);
    float *dx = floats_of(&bytes, size), *expected = calloc(size, sizeof *expected);
    g.x = x;
    set->max_pool(&g, image, y);
    set->max_pool_backward(&g, image, y, dy, dx);
    for (size_t o = 0; o < outputs; o++) {
        const size_t c = o % g.channels, ox = o / g.channels % g.out_width, oy = o / g.channels / g.out_width;
        float most = x[image * size + (oy * g.stride * g.width + ox * g.stride) * g.channels + c];
        size_t first = 0;
        int is_found = 0;
        for (int pass = 0; pass < 2; pass++)
            for (size_t iy = oy * g.stride; iy < oy * g.stride + g.kernel_height && iy < g.height; iy++)
                for (size_t ix = ox * g.stride; ix < ox * g.stride + g.kernel_width && ix < g.width; ix++) {
                    const size_t place = (iy * g.width + ix) * g.channels + c;
                    const float value = x[image * size + place];
                    if (pass == 0) most = value > most || isnan(value) ? value : most;
                    else if (!is_found && (value == most || isnan(value))) first = place, is_found = 1;
                }
        same(y[o], most, "max_pool", set, o);
        if (is_found) expected[first] += dy[o];
    }
    all_same(dx, expected, size, "max_pool_backward", set);
    free(x), free(y), free(dy), free(dx), free(expected);
}
