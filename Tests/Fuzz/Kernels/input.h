// The inputs of a case: numbers and floats from the fuzzer's bytes, in blocks of memory of exactly the requested length.
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "kernels.h"

typedef struct {
    const uint8_t *data;
    size_t left;
} input;

// The next number below `limit`; 0 at the end of the bytes.
static size_t below(input *bytes, size_t limit) {
    if (bytes->left == 0) return 0;
    bytes->left--;
    return *bytes->data++ % limit;
}

static size_t whole_panels(size_t columns) { return (columns + PCN_PANEL - 1) / PCN_PANEL * PCN_PANEL; }

// Floats of moderate size, sometimes extreme ones, from a generator seeded by the next byte.
static float *floats_of(input *bytes, size_t count) {
    static const float extremes[] = {0, -0.0f, INFINITY, -INFINITY, NAN, 3e38f, -3e38f, 1e-40f, 1, -1};
    uint32_t state = (uint32_t)below(bytes, 256) * 2654435761u + 1;
    const int wild = below(bytes, 4) == 0;
    float *values = malloc(count * sizeof *values);
    for (size_t i = 0; i < count; i++) {
        state = state * 1664525u + 1013904223u;
        values[i] = wild && state >> 28 == 0 ? extremes[(state >> 8) % 10] : (float)(int32_t)state * 1e-9f;
    }
    return values;
}

static float *copy_of(const float *values, size_t count) {
    float *copy = malloc(count * sizeof *copy);
    if (count) memcpy(copy, values, count * sizeof *copy);
    return copy;
}

// Aborts if two floats are not bit-identical; any two NaNs count as equal.
static void same(float found, float expected, const char *what, const pcn_kernels *set, size_t at) {
    if (memcmp(&found, &expected, sizeof found) == 0 || (isnan(found) && isnan(expected))) return;
    fprintf(stderr, "%s of %s at %zu: %a, expected %a\n", what, set->name, at, found, expected);
    abort();
}

static void all_same(const float *found, const float *expected, size_t count, const char *what, const pcn_kernels *set) {
    for (size_t i = 0; i < count; i++) same(found[i], expected[i], what, set, i);
}

static float multiply_add(const pcn_kernels *set, float a, float b, float c) { return set->fused ? fmaf(a, b, c) : a * b + c; }
