// What the compiler makes of any processor; on Arm that is NEON, with fused multiply-add.
#define SET baseline
#if defined(__ARM_FEATURE_FMA)
enum { ROWS = 4, PANELS = 1, FUSED = 1 };
#else
enum { ROWS = 4, PANELS = 1, FUSED = 0 };
#endif
#include "Sets/set.h"
