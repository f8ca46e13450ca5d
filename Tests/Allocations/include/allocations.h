// Counts what a thread allocates: this program's malloc takes the C library's place.
#include <stddef.h>

/// Blocks that the calling thread has allocated so far.
size_t allocations_of_thread(void);
