// Sixteen floats, as one register or as many as the instruction set needs.
#include <math.h>
#include <string.h>

#include "kernels.h"

// Vectors wider than the target's registers are passed only between functions that are inlined: their ABI does not matter.
#pragma clang diagnostic ignored "-Wpsabi"

#define INLINE static inline __attribute__((always_inline))

typedef float floats __attribute__((ext_vector_type(16)));

INLINE floats load(const float *source) {
    floats value;
    memcpy(&value, source, sizeof value);
    return value;
}

INLINE void store(float *target, floats value) { memcpy(target, &value, sizeof value); }

INLINE floats all(float x) { return (floats)x; }

// a·b + c, rounded once where the processor can: where it cannot, a library call would take a hundred times as long.
INLINE floats multiply_add(floats a, floats b, floats c) {
    if (FUSED) return __builtin_elementwise_fma(a, b, c);
    return a * b + c;
}
