// Counts the allocations of each thread: this malloc replaces the C library's.
#include <stddef.h>

/// Number of blocks that the calling thread has allocated so far.
size_t allocations_of_thread(void);
