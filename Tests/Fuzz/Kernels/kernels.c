// Shapes from bytes for every kernel of every instruction set, held against plain loops to the bit. Every block of memory is
// as long as kernels.h says that it is read, and no longer, so that the address sanitizer sees a float too far.
#include "input.h"

#include "features.h"
#include "packing.h"
#include "pairs.h"
#include "products.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    void (*const cases[])(const pcn_kernels *, input) = {product_case, packing_case, patches_case, pool_case,
                                                         pair_case,    sums_case,    element_case};
    input bytes = {data, size};
    const size_t kind = below(&bytes, sizeof cases / sizeof *cases);
    size_t sets = 0;
    while (pcn_kernels_at(sets)) sets++;
    cases[kind](pcn_kernels_at(below(&bytes, sets)), bytes);
    return 0;
}
