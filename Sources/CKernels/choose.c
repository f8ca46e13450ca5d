#include "kernels.h"

#include <stdlib.h>

#if defined(__GLIBC__)
#include <gnu/libc-version.h>
#endif

extern const pcn_kernels pcn_baseline;
#if defined(__x86_64__)
extern const pcn_kernels pcn_avx512, pcn_avx2;
#endif

const pcn_kernels *pcn_kernels_at(size_t index) {
#if defined(__x86_64__)
    const int avx2 = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
    const int avx512 = avx2 && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
                       __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl");
    if (avx512 && index-- == 0) return &pcn_avx512;
    if (avx2 && index-- == 0) return &pcn_avx2;
#endif
    return index == 0 ? &pcn_baseline : 0;
}

const char *pcn_c_library_version(void) {
#if defined(__GLIBC__)
    return gnu_get_libc_version();
#else
    return 0;
#endif
}
