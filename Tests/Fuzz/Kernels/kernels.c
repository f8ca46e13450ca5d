// Runs every kernel of every instruction set on shapes from the fuzzer's bytes, and compares the bits with those of scalar loops.
// Every block of memory has exactly the length documented in kernels.h, so that the address sanitizer detects any overrun.
#include "input.h"

#include "features.h"
#include "packing.h"
#include "pairs.h"
#include "products.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    void (*const cases[])(const pcn_kernels *, input) = {product_case, packing_case,  patches_case, pool_case,
                                                         pair_case,    gaussian_case, sums_case,    element_case};
    input bytes = {data, size};
    const size_t kind = below(&bytes, sizeof cases / sizeof *cases);
    size_t sets = 0;
    while (pcn_kernels_at(sets)) sets++;
    cases[kind](pcn_kernels_at(below(&bytes, sets)), bytes);
    return 0;
}
