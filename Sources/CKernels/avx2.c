#if defined(__x86_64__)
#pragma clang attribute push(__attribute__((target("avx2,fma"))), apply_to = function)
#define SET avx2
enum { ROWS = 6, PANELS = 1, FUSED = 1 };
#include "Sets/set.h"
#pragma clang attribute pop
#endif
