// One compiled form for each instruction set, chosen by the loader (an ifunc). An unknown word in the list would make the
// compiler drop all of it with only a warning.
#define DISPATCHED __attribute__((target_clones("avx512f", "avx2", "default")))
#define INLINE static inline __attribute__((always_inline))
