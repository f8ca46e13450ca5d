#if defined(__x86_64__)
#pragma clang attribute push(__attribute__((target("avx512f,avx512bw,avx512dq,avx512vl,avx2,fma"))), apply_to = function)
#define SET avx512
enum { ROWS = 8, PANELS = 2, FUSED = 1 };
#include "Sets/set.h"
#pragma clang attribute pop
#endif
